import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import type { Widget } from '../testing/own/widgets.ts';
import { widgets } from '../testing/own/widgets.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import type { CacheOptions } from './cache-options.ts';
import { createCache } from './create-cache.ts';

const aWidget = (name: string, size = 1): Widget => ({
  apiVersion: 'test.dev/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default' },
  spec: { size, colour: 'red' } as Widget['spec'],
});

/** A cache of a server with one widget for each name. */
async function aCache(names: readonly string[], options: Partial<CacheOptions<Widget>>) {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ clock });
  for (const name of names) await api.create(widgets, aWidget(name));
  const ports = { api, clock, random: seededRandom(), log: silentLogger };
  const cache = createCache<Widget>({ ...ports, type: widgets, ...options });
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const seen: string[] = [];
  cache.onChange(({ key, before, after }) => seen.push(`${key} ${before?.spec?.size}→${after?.spec.size}`));
  void cache.run(stop.signal);
  await clock.settle();
  return { api, cache, clock, seen };
}

test.each(['stream', 'pages'] as const)(
  'a cache takes no more of an object than is of interest, from a list in %s, a watch or an own write',
  async (initialList) => {
    const reduce = ({ spec, ...rest }: Widget): Widget => ({ ...rest, spec: { size: spec.size } });
    const { api, cache, clock } = await aCache(['a'], { reduce, initialList });
    await api.create(widgets, aWidget('b'));
    await clock.settle();
    const written = aWidget('c');
    cache.observe({ ...written, metadata: { ...written.metadata, uid: 'c', resourceVersion: '1000' } });
    expect(cache.list().map(({ spec }) => spec)).toEqual([{ size: 1 }, { size: 1 }, { size: 1 }]);
  },
);

test('a cache can give whole objects to handlers and keep nothing but their versions', async () => {
  const { api, cache, clock, seen } = await aCache(['a'], { keeps: 'versions' });
  api.edit<Widget>(widgets, { namespace: 'default', name: 'a' }, (draft) => (draft.spec.size = 2));
  await api.create(widgets, aWidget('b', 7));
  await clock.settle();
  await api.delete(widgets, { namespace: 'default', name: 'a' });
  await clock.settle();
  expect(seen).toEqual([
    'default/a undefined→1',
    'default/a undefined→2',
    'default/b undefined→7',
    'default/a undefined→undefined',
  ]);
  const { uid, resourceVersion } = (await api.get(widgets, { namespace: 'default', name: 'b' }))?.metadata ?? {};
  expect(cache.list()).toEqual([{ metadata: { namespace: 'default', name: 'b', uid, resourceVersion } }]);
});

test('a cache gives up on more objects than it is to take', async () => {
  const { cache } = await aCache(['a', 'b', 'c'], { atMost: { objects: 2, bytes: 1_000_000 } });
  expect([cache.synced, cache.problem?.message]).toEqual([false, expect.stringContaining('goes on after 2 objects')]);
});
