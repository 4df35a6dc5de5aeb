import { afterEach, expect, test } from 'vitest';
import { type Cache, createCache } from '../../cache/create-cache.ts';
import type { Change } from '../../cache/view.ts';
import { seededRandom } from '../seeded-random.ts';
import { silentLogger } from '../silent-logger.ts';
import type { Connect } from './contract-setup.ts';
import { createWidgetMaker } from './widget-maker.ts';
import { type Widget, widgets } from './widgets.ts';

/** What a cache makes of a server, whatever is between them. */
export function contractOfCaches(connect: Connect, initialList: 'stream' | 'pages'): void {
  const { unique, create } = createWidgetMaker(() => connect().direct, initialList);
  let stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  /** Changes that do not follow on what was known before. */
  let gaps: string[] = [];

  afterEach(async () => {
    connect().faults.heal();
    stop.abort();
    await running;
    expect(gaps).toEqual([]);
  });

  /** A cache of the widgets of one group, and what it told. */
  function follow(group: string): { cache: Cache<Widget>; changes: Change<Widget>[] } {
    const { api, clock } = connect();
    stop = new AbortController();
    gaps = [];
    const changes: Change<Widget>[] = [];
    const known = new Map<string, Widget | undefined>();
    const cache = createCache<Widget>({
      api,
      type: widgets,
      labelSelector: `group=${group}`,
      initialList,
      indexes: { size: ({ spec }) => [String(spec.size)] },
      clock,
      random: seededRandom(),
      log: silentLogger,
    });
    cache.onChange((change) => {
      if (known.get(change.key) !== change.before) gaps.push(change.key);
      known.set(change.key, change.after);
      changes.push(change);
    });
    running = cache.run(stop.signal);
    return { cache, changes };
  }

  const resize = ({ metadata }: Widget, size: number): Promise<Widget> =>
    connect().direct.patch<Widget>(widgets, metadata, [{ op: 'replace', path: '/spec/size', value: size }]);
  const sizes = (cache: Cache<Widget>): number[] =>
    cache
      .list()
      .map(({ spec }) => spec.size)
      .sort((a, b) => a - b);
  const seed = (group: string, count: number): Promise<Widget[]> =>
    Promise.all(Array.from({ length: count }, (_, size) => create({ size }, { labels: { group } })));

  test('follows a connection that breaks again and again', async () => {
    const { faults, until } = connect();
    const group = unique('cut');
    const widget = await create({ size: 0 }, { labels: { group } });
    const { cache } = follow(group);
    for (let size = 1; size <= 5; size += 1) {
      await until('the cache has the last change', () => sizes(cache).includes(size - 1));
      faults.cut();
      await resize(widget, size);
    }
    await until('the cache has the last change', () => sizes(cache).includes(5));
    await until('the problem is over', () => cache.problem === undefined);
  }, 120_000);

  test('begins again when a list breaks in its middle, and shows nothing of it', async () => {
    const { faults, until } = connect();
    const group = unique('middle');
    await seed(group, 50);
    faults.cut();
    faults.cutNextAnswer();
    const seen: number[] = [];
    const { cache } = follow(group);
    cache.onChange(() => seen.push(cache.list().length));
    await until('the cache is complete', () => cache.synced);
    expect(new Set(seen)).toEqual(new Set([50]));
  }, 120_000);

  test('tells what was made, changed and deleted while the server was away, each once', async () => {
    const { faults, until, direct } = connect();
    const group = unique('away');
    const [kept, changed, deleted] = await seed(group, 3);
    const { cache, changes } = follow(group);
    await until('the cache is complete', () => cache.synced);
    faults.down();
    await until('the problem is told', () => cache.problem?.code === 'Unavailable');
    expect(sizes(cache)).toEqual([0, 1, 2]);
    const before = changes.length;
    await resize(changed as Widget, 10);
    await direct.delete(widgets, (deleted as Widget).metadata);
    await create({ size: 20 }, { labels: { group } });
    faults.heal();
    await until('the cache has caught up', () => sizes(cache).join() === '0,10,20');
    await until('the problem is over', () => cache.problem === undefined);
    expect(
      changes
        .slice(before)
        .map(({ before: was, after }) => `${was?.spec.size}→${after?.spec.size}`)
        .sort(),
    ).toEqual(['1→10', '2→undefined', 'undefined→20']);
    expect(cache.get(`default/${kept?.metadata.name}`)?.spec.size).toBe(0);
  }, 120_000);

  test('gets over a restart after which the server knows nothing of before', async () => {
    const { faults, until, direct } = connect();
    const group = unique('restart');
    const [first, second] = await seed(group, 2);
    const { cache } = follow(group);
    await until('the cache is complete', () => cache.synced);
    faults.down();
    await direct.delete(widgets, (first as Widget).metadata);
    await resize(second as Widget, 7);
    await faults.restart();
    faults.heal();
    await until('the cache has caught up', () => sizes(cache).join() === '7');
    await create({ size: 8 }, { labels: { group } });
    await until('the cache goes on', () => sizes(cache).join() === '7,8');
  }, 120_000);

  test('finds out that a server hangs, and goes on when it answers again', async () => {
    const { faults, until } = connect();
    const group = unique('hang');
    await seed(group, 1);
    const { cache } = follow(group);
    await until('the cache is complete', () => cache.synced);
    faults.hang();
    await create({ size: 5 }, { labels: { group } });
    await until('the problem is told', () => cache.problem?.code === 'Unavailable');
    expect(sizes(cache)).toEqual([0]);
    faults.heal();
    await until('the cache has caught up', () => sizes(cache).join() === '0,5');
  }, 120_000);

  test('gets everything from a server that is slow', async () => {
    const { faults, until } = connect();
    const group = unique('slow');
    const [widget] = await seed(group, 10);
    faults.slow();
    const { cache, changes } = follow(group);
    await until('the cache is complete', () => cache.synced);
    for (let size = 100; size < 105; size += 1) await resize(widget as Widget, size);
    await until('the cache has the last change', () => sizes(cache).includes(104));
    const told = changes.map(({ after }) => after?.spec.size ?? 0).filter((size) => size >= 100);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(104);
  }, 120_000);

  test('lets no handler that throws get in the way of another, or of itself', async () => {
    const { until } = connect();
    const group = unique('throws');
    const { cache, changes } = follow(group);
    let thrown = 0;
    cache.onChange(() => {
      thrown += 1;
      throw new Error('broken handler');
    });
    await until('the cache is complete', () => cache.synced);
    await seed(group, 3);
    await until('all is told', () => changes.length === 3);
    expect([thrown, sizes(cache)]).toEqual([3, [0, 1, 2]]);
  });

  test('holds ten thousand objects, and finds them', async () => {
    const { until, direct } = connect();
    // Both ways share them: making them takes a real server some seconds.
    const group = 'ten-thousand';
    const { items } = await direct.list(widgets, { labelSelector: `group=${group}`, limit: 1 });
    for (let from = 0; items.length === 0 && from < 10_000; from += 200) {
      const some = Array.from({ length: 200 }, (_, i) => create({ size: (from + i) % 100 }, { labels: { group } }));
      await Promise.all(some);
    }
    const before = process.memoryUsage();
    const startMs = performance.now();
    const { cache } = follow(group);
    await until('the cache is complete', () => cache.synced);
    const tookMs = Math.round(performance.now() - startMs);
    expect(cache.list()).toHaveLength(10_000);
    for (let size = 0; size < 100; size += 1) {
      expect(cache.byIndex('size', String(size)).map(({ spec }) => spec.size)).toEqual(Array(100).fill(size));
    }
    const mebibytes = Math.round((process.memoryUsage().heapUsed - before.heapUsed) / 1024 / 1024);
    console.log(`10,000 objects as ${initialList}: ${tookMs} ms, heap +${mebibytes} MiB`);
  }, 300_000);
}
