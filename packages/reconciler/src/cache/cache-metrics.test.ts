import { expect, test } from 'vitest';
import { ApiError } from '../api/errors.ts';
import { createPrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { type Widget, widgets } from '../testing/own/widgets.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createCache } from './create-cache.ts';

const aWidget = (name: string): Widget => ({
  apiVersion: 'test.dev/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default' },
  spec: { size: 1 },
});

test('what the cache holds, asked for and heard is measured, by cluster and kind', async () => {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ clock });
  const stop = new AbortController();
  const metrics = createPrometheusMetrics();
  api.seed(widgets, aWidget('a'));
  const ports = { clock, random: seededRandom(), log: silentLogger, metrics };
  const cache = createCache<Widget>({ ...ports, api, type: widgets, cluster: 'rome' });
  const running = cache.run(stop.signal);
  await cache.whenSynced();
  await clock.advance(6_000);
  api.seed(widgets, aWidget('b'));
  await clock.settle();
  const heardAt = `cache_last_heard_timestamp_seconds{cluster="rome",resource="widgets.test.dev"} ${clock.now().getTime() / 1000}`;
  expect(await metrics.text()).toContain(heardAt);
  api.compact();
  api.breakWatches();
  await clock.advance(5_000);
  const own = '{cluster="rome",resource="widgets.test.dev"}';
  expect((await metrics.text()).split('\n')).toEqual(
    expect.arrayContaining([
      `cache_objects${own} 2`,
      `cache_lists_total${own} 2`,
      `cache_watches_total${own} 3`,
      `cache_failures_total${own} 2`,
    ]),
  );
  stop.abort();
  await running;
  // Nobody should wonder why a leaf that was removed is not heard of.
  expect(await metrics.text()).not.toMatch(/^cache_(objects|last_heard_timestamp_seconds)\{/m);
});

test('nobody should wonder either why a kind is not heard of that was uninstalled', async () => {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ clock });
  const stop = new AbortController();
  const metrics = createPrometheusMetrics();
  const ports = { clock, random: seededRandom(), log: silentLogger, metrics };
  const cache = createCache<Widget>({ ...ports, api, type: widgets, retryRefusedMs: 300_000 });
  const running = cache.run(stop.signal);
  await cache.whenSynced();
  expect(await metrics.text()).toMatch(/^cache_last_heard_timestamp_seconds\{/m);
  api.beforeRequest = () => {
    throw new ApiError('not found', { code: 'NotFound', status: 404, operation: 'watch' });
  };
  api.breakWatches();
  await clock.advance(5_000);
  expect(await metrics.text()).not.toMatch(/^cache_last_heard_timestamp_seconds\{/m);
  stop.abort();
  await running;
});
