import { buildNetwork, type Network, resources } from '@leafway/liqo';
import { noMetrics } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { expect, it } from 'vitest';
import { createLeafCaches } from './caches.ts';

it('a leaf that has far too many objects of a kind does not fill the memory of all', async () => {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ cluster: 'rome', clock });
  const network = buildNetwork({ name: 'n', type: 'reserved', cidr: '10.1.0.0/24', liqoNamespace: 'liqo' });
  for (let count = 0; count <= 10_000; count += 1) {
    api.seed<Network>(resources.networks, { ...network, metadata: { ...network.metadata, name: `n${count}` } });
  }
  const caches = createLeafCaches({
    ...{ api, cluster: 'rome', liqoNamespace: 'liqo', clock, random: seededRandom(1), log: silentLogger },
    ...{ metrics: noMetrics, onChange: () => undefined, onGone: () => undefined, isNews: () => true },
  });
  const stop = new AbortController();
  const running = caches.needed.map((cache) => cache.run(stop.signal));
  await clock.advance(1_000);
  expect(caches.networks.list()).toEqual([]);
  expect(caches.needed.flatMap(({ problem }) => problem?.message ?? [])).toEqual([
    expect.stringContaining('networks: the list goes on after 10000 objects, 16 MiB'),
  ]);
  stop.abort();
  await clock.advance(1_000);
  await Promise.all(running);
});
