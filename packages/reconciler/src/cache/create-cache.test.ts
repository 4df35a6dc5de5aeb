import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../api/errors.ts';
import type { KubeObject, WatchEvent } from '../api/kube-api.ts';
import { failure } from '../api/translate.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import type { Widget } from '../testing/own/widgets.ts';
import { widgets } from '../testing/own/widgets.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { CacheOptions } from './cache-options.ts';
import type { Cache } from './create-cache.ts';
import { createCache } from './create-cache.ts';

let clock: FakeClock;
let api: FakeKubeApi;
let abort: AbortController;
let cache: Cache<Widget>;
let changes: string[];
let running: Promise<void>;
const log = recordingLogger();

const aWidget = (name: string, size = 1, labels: Record<string, string> = {}): Widget => ({
  apiVersion: 'test.dev/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', labels },
  spec: { size },
});

function start(options: Partial<CacheOptions<Widget>> = {}): void {
  cache = createCache<Widget>({ api, type: widgets, clock, random: seededRandom(), log: log.logger, ...options });
  cache.onChange(({ key, before, after }) =>
    changes.push(`${key} ${before?.spec.size ?? '-'}→${after?.spec.size ?? '-'}`),
  );
  running = cache.run(abort.signal);
}

/** A watch that begins with all objects is a list too; the pages of a list are one each. */
const count = (verb: 'list' | 'watch'): number =>
  api.requests.filter((each) => each.verb === verb || (verb === 'list' && each.query?.sendInitialEvents)).length;
const edit = (name: string, size: number): Widget =>
  api.edit<Widget>(widgets, { namespace: 'default', name }, (draft) => (draft.spec.size = size));

beforeEach(() => {
  clock = new FakeClock();
  api = new FakeKubeApi({ clock });
  abort = new AbortController();
  changes = [];
  log.lines.length = 0;
});
afterEach(async () => {
  abort.abort();
  await clock.settle();
  await running;
  expect(clock.pendingTimers).toBe(0);
});

describe('a cache', () => {
  test('lists, then follows by watch alone', async () => {
    api.seed(widgets, aWidget('a'));
    start();
    expect(cache.synced).toBe(false);
    await cache.whenSynced();
    api.seed(widgets, aWidget('b'));
    edit('a', 2);
    api.remove(widgets, { namespace: 'default', name: 'b' });
    await clock.settle();
    expect(changes).toEqual(['default/a -→1', 'default/b -→1', 'default/a 1→2', 'default/b 1→-']);
    expect(cache.list().map((widget) => widget.spec.size)).toEqual([2]);
    expect([count('list'), count('watch')]).toEqual([1, 1]);
  });

  test('reads a long list in pages and shows it only when it is complete', async () => {
    for (let i = 0; i < 1200; i += 1) api.seed(widgets, aWidget(`w${i}`));
    let shownTooEarly = 0;
    api.beforeRequest = () => {
      if (!cache.synced) shownTooEarly += cache.list().length;
    };
    start({ initialList: 'pages' });
    await cache.whenSynced();
    expect([cache.list().length, count('list'), shownTooEarly]).toEqual([1200, 3, 0]);
  });

  test.each([
    ['of objects', Array.from({ length: 500 }, (_, i) => aWidget(`w${i}`)), 201],
    ['of empty pages', [], 1_001],
  ])('gives up a list without end, %s, and keeps what it has', async (_, items, requests) => {
    api.seed(widgets, aWidget('a'));
    start({ initialList: 'pages' });
    await cache.whenSynced();
    let asked = 0;
    const list = api.list;
    api.list = async <T>() => {
      asked += 1;
      // It does end, so that a cache without the limit fails here instead of hanging.
      return { items: items as T[], resourceVersion: '1', continue: asked < 2_000 ? 'more' : undefined };
    };
    api.compact();
    api.breakWatches();
    await clock.advance(2_000);
    expect(asked).toBe(requests);
    expect(cache.problem).toMatchObject({
      code: 'Unexpected',
      message: expect.stringContaining('list test.dev/v1 widgets: the list goes on after 100000 objects'),
    });
    expect(cache.list()).toHaveLength(1);
    api.list = list;
  });

  test('begins again when a list grows too old between its pages', async () => {
    for (let i = 0; i < 600; i += 1) api.seed(widgets, aWidget(`w${i}`));
    api.beforeRequest = () => {
      if (count('list') === 2) api.compact();
    };
    start({ initialList: 'pages' });
    await clock.advance(2_000);
    expect([cache.synced, cache.list().length, count('list')]).toEqual([true, 600, 4]);
  });

  test('reads a long list as a stream and shows it only when it is complete', async () => {
    for (let i = 0; i < 1200; i += 1) api.seed(widgets, aWidget(`w${i}`));
    const seen: number[] = [];
    start();
    cache.onChange(() => seen.push(cache.list().length));
    await cache.whenSynced();
    expect([new Set(seen), count('list'), count('watch')]).toEqual([new Set([1200]), 1, 1]);
  });

  test('begins a stream again that breaks before its end, and shows nothing of it', async () => {
    for (let i = 0; i < 20; i += 1) api.seed(widgets, aWidget(`w${i}`));
    const { watch } = api;
    api.watch = async function* <T extends KubeObject>(...args: Parameters<typeof watch>) {
      api.watch = watch;
      let events = 0;
      for await (const event of watch.apply(api, args)) {
        events += 1;
        if (events > 10) throw failure('watch', new Error('connection reset'), undefined);
        yield event as WatchEvent<T>;
      }
    };
    start();
    await clock.settle();
    expect([cache.synced, cache.list().length]).toEqual([false, 0]);
    await clock.advance(2_000);
    expect([cache.synced, cache.list().length, count('list')]).toEqual([true, 20, 2]);
  });

  test('takes pages where the server refuses to stream, and does not ask again', async () => {
    api.servesStreams = false;
    api.seed(widgets, aWidget('a'));
    start();
    await cache.whenSynced();
    const verbs = (): string[] => api.requests.map(({ verb }) => verb);
    await clock.settle();
    expect(verbs()).toEqual(['watch', 'list', 'watch']);
    api.sendBookmarks('1');
    await clock.advance(2_000);
    expect(verbs().slice(3)).toEqual(['list', 'watch']);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('takes pages when a server does not know streams and just waits', async () => {
    api.seed(widgets, aWidget('a'));
    const { watch } = api;
    api.watch = (type, options) => watch.apply(api, [type, { ...options, sendInitialEvents: false }]) as never;
    start();
    await clock.advance(12_000);
    expect([cache.synced, cache.list().length, count('list')]).toEqual([true, 1, 1]);
  });

  test('goes on without a list when the server ends a watch in time', async () => {
    start();
    await clock.advance(5_000);
    api.endWatches();
    await clock.settle();
    api.seed(widgets, aWidget('a'));
    await clock.settle();
    expect([changes, count('list'), count('watch')]).toEqual([['default/a -→1'], 1, 2]);
  });

  test('goes on without a list when a watch that was heard breaks', async () => {
    start();
    await clock.settle();
    api.seed(widgets, aWidget('a'));
    await clock.settle();
    api.breakWatches();
    edit('a', 2);
    await clock.advance(2_000);
    expect([changes, count('list'), count('watch')]).toEqual([['default/a -→1', 'default/a 1→2'], 1, 2]);
    expect(cache.problem).toBeUndefined();
  });

  test('lists again when a watch breaks that was never heard', async () => {
    start({ initialList: 'pages' });
    await clock.settle();
    api.breakWatches();
    await clock.advance(2_000);
    expect([count('list'), count('watch')]).toEqual([2, 2]);
  });

  test('takes the long silence of a watch for no problem, and makes sure with a list', async () => {
    const problems: unknown[] = [];
    start();
    cache.onProblem((problem) => problems.push(problem));
    await clock.advance(90_000);
    api.breakWatches();
    await clock.settle();
    await clock.settle();
    expect([count('list'), count('watch')]).toEqual([2, 2]);
    expect(problems).toEqual([]);
  });

  test('takes an idle watch that a proxy cuts for no problem, however often', async () => {
    const problems: unknown[] = [];
    start({ initialList: 'pages' });
    cache.onProblem((problem) => problems.push(problem));
    for (let cuts = 0; cuts < 10; cuts += 1) {
      await clock.advance(30_000);
      api.breakWatches();
      await clock.advance(2_000);
      expect(count('list')).toBe(cuts + 2);
    }
    expect(problems).toEqual([]);
  });

  test('lists again when its resource version is too old, and reports what was deleted meanwhile', async () => {
    api.seed(widgets, aWidget('a'));
    api.seed(widgets, aWidget('b'));
    start();
    await clock.advance(5_000);
    api.beforeRequest = (request) => {
      if (request.verb !== 'watch' || count('watch') > 2) return;
      api.remove(widgets, { namespace: 'default', name: 'a' });
      api.compact();
    };
    api.endWatches();
    await clock.advance(2_000);
    expect(changes.slice(2)).toEqual(['default/a 1→-']);
    expect(count('list')).toBe(2);
  });

  test('lists again when the watch goes back in time', async () => {
    start();
    await clock.settle();
    api.sendBookmarks('1');
    await clock.advance(2_000);
    expect(count('list')).toBe(2);
  });

  test('never gives up, waits longer and longer up to half a minute, and forgets that after health', async () => {
    const timesMs: number[] = [];
    api.beforeRequest = () => {
      timesMs.push(clock.monotonicMs());
      throw new Error('connection refused');
    };
    start();
    await clock.advance(10 * 60_000);
    const gapsMs = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? 0));
    expect(gapsMs[0]).toBeGreaterThanOrEqual(800);
    expect(gapsMs[0]).toBeLessThanOrEqual(1_600);
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(30_000);
    expect(Math.min(...gapsMs.slice(6))).toBeGreaterThanOrEqual(15_000);

    api.beforeRequest = undefined;
    await clock.advance(30_000);
    expect(cache.synced).toBe(true);
    api.sendBookmarks();
    await clock.advance(6_000);
    const before = count('watch');
    api.breakWatches();
    await clock.advance(1_600);
    expect(count('watch')).toBe(before + 1);
  });

  test('is as patient as the server asks', async () => {
    api.beforeRequest = () => {
      throw new ApiError('busy', { code: 'Throttled', status: 429, operation: 'list', retryAfterMs: 20_000 });
    };
    start();
    await clock.advance(19_900);
    expect(count('list')).toBe(1);
    await clock.advance(200);
    expect(count('list')).toBe(2);
  });

  test('is not made to hurry by a server that ends every watch at once', async () => {
    start();
    await clock.settle();
    api.endWatches();
    await clock.advance(700);
    expect(count('watch')).toBe(1);
    await clock.advance(900);
    expect([count('watch'), count('list')]).toEqual([2, 1]);
  });
});

describe('a problem', () => {
  test('is there while the server cannot be followed, and told when it comes and goes', async () => {
    const told: (string | undefined)[] = [];
    api.beforeRequest = () => {
      throw new Error('connection refused');
    };
    start();
    cache.onProblem((problem) => told.push(problem?.message));
    await clock.advance(5_000);
    expect(cache.problem).toMatchObject({
      code: 'Unavailable',
      message: expect.stringContaining('connection refused'),
    });
    api.beforeRequest = undefined;
    await clock.advance(30_000);
    expect(cache.problem).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('connection refused'), undefined]);
    expect(log.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
  });
});

test.each([404, 403] as const)(
  'a kind that may come later is asked for rarely while HTTP %s is the answer',
  async (status) => {
    api.seed(widgets, aWidget('a'));
    api.beforeRequest = () => {
      throw new ApiError('refused', { code: status === 404 ? 'NotFound' : 'Forbidden', status, operation: 'watch' });
    };
    start({ retryRefusedMs: 300_000 });
    await clock.advance(299_000);
    expect(api.requests).toHaveLength(1);
    await clock.advance(2_000);
    expect(api.requests).toHaveLength(2);
    api.beforeRequest = undefined;
    await clock.advance(300_000);
    expect(cache.get('default/a')).toBeDefined();
    expect(cache.problem).toBeUndefined();
  },
);

describe('readers', () => {
  test('harm nobody when they throw', async () => {
    api.seed(widgets, aWidget('a'));
    start({
      indexes: {
        bad: () => {
          throw new Error('bad index');
        },
        size: (widget) => [String(widget.spec.size)],
      },
    });
    const heard: string[] = [];
    cache.onChange(() => {
      throw new Error('bad handler');
    });
    const stop = cache.onChange(({ key }) => heard.push(key));
    await cache.whenSynced();
    stop();
    api.seed(widgets, aWidget('b'));
    await clock.settle();
    expect([heard, cache.byIndex('size', '1').length, cache.byIndex('bad', 'x')]).toEqual([['default/a'], 2, []]);
    expect(log.lines.filter((line) => line.level === 'error').map((line) => line.message)).toContain(
      'a handler of the cache failed',
    );
  });

  test('see an own write before the watch tells it', async () => {
    start();
    await cache.whenSynced();
    api.breakWatches();
    const created = await api.create<Widget>(widgets, aWidget('mine', 3));
    cache.observe(created);
    expect(cache.get('default/mine')?.spec.size).toBe(3);
    await clock.advance(3_000);
    expect(changes).toEqual(['default/mine -→3']);
  });

  test('get only what the cache selects', async () => {
    api.seed(widgets, aWidget('a', 1, { app: 'x' }));
    const other = api.seed(widgets, { ...aWidget('b', 1, { app: 'x' }), metadata: { name: 'b', namespace: 'other' } });
    start({ namespace: 'default', labelSelector: 'app=x' });
    await cache.whenSynced();
    api.edit<Widget>(widgets, { namespace: 'default', name: 'a' }, (draft) => (draft.metadata.labels = {}));
    await clock.settle();
    expect(changes).toEqual(['default/a -→1', 'default/a 1→-']);
    expect(cache.get(`other/${other.metadata.name}`)).toBeUndefined();
  });

  test('that wait for the first list can give up', async () => {
    api.beforeRequest = () => new Promise(() => {});
    start();
    const given = new AbortController();
    const waiting = cache.whenSynced(given.signal);
    given.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
