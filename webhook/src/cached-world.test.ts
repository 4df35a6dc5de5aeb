import { kinds } from '@leafway/core';
import { buildClusterIDConfigMap, type ConfigMap, resources } from '@leafway/liqo';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCachedWorld } from './cached-world.ts';
import { aLeaf, aShortcut } from './testing/builders.ts';

function aCachedWorld(clusterID?: string) {
  const clock = new FakeClock();
  const api = new FakeKubeApi({ clock });
  const world = createCachedWorld(
    { api, clock, random: seededRandom(1), log: silentLogger },
    { liqoNamespace: 'liqo', clusterID },
  );
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return {
    api,
    world,
    settle: () => clock.advance(1_000),
    start: async () => {
      void world.run(stop.signal);
      await clock.advance(1_000);
    },
  };
}

const idConfigMap = (name: string): ConfigMap => {
  const configMap = buildClusterIDConfigMap({ clusterID: 'central', liqoNamespace: 'liqo' });
  return { ...configMap, metadata: { ...configMap.metadata, name } };
};

describe('the cached world', () => {
  test('waits for all of its lists, and says for which', async () => {
    const { world, start } = aCachedWorld();
    expect(world.waitsFor()).toBe('not read yet: VirtualNodeShortcuts, LeafClusters, the cluster ID in namespace liqo');
    await start();
    expect(world.waitsFor()).toBeUndefined();
  });

  test('judges by shortcuts and leaves as they come, change and go, without a request', async () => {
    const { api, world, start, settle } = aCachedWorld('central');
    await start();
    const problems = () =>
      world.fleet.review(aShortcut({ metadata: { name: 'new' } })).problems.map(({ code }) => code);
    expect(problems()).toEqual(['CORE_LEAF_UNKNOWN', 'CORE_LEAF_UNKNOWN']);
    await api.create(kinds.leafClusters, aLeaf('rome'));
    await api.create(kinds.leafClusters, aLeaf('milan'));
    await settle();
    expect(problems()).toEqual([]);
    await api.create(kinds.shortcuts, aShortcut({ spec: { clusters: [{ id: 'milan' }, { id: 'rome' }] } }));
    await settle();
    const calls = api.requests.length;
    expect(problems()).toEqual(['CORE_PAIR_TAKEN']);
    expect(api.requests).toHaveLength(calls);
    await api.delete(kinds.shortcuts, { name: 'rome-milan' });
    await api.delete(kinds.leafClusters, { name: 'milan' });
    await settle();
    expect(problems()).toEqual(['CORE_LEAF_UNKNOWN']);
  });

  test('names the one of several shortcuts that is carried out, as its status says', async () => {
    const { api, world, start, settle } = aCachedWorld('central');
    for (const id of ['rome', 'milan']) await api.create(kinds.leafClusters, aLeaf(id));
    for (const name of ['first', 'second']) await api.create(kinds.shortcuts, aShortcut({ metadata: { name } }));
    const condition = { type: 'Accepted', status: 'True', reason: 'Accepted', message: '', lastTransitionTime: '' };
    const value = { phase: 'Connecting', conditions: [condition] };
    await api.patch(kinds.shortcuts, { name: 'second' }, [{ op: 'add', path: '/status', value }], {
      subresource: 'status',
    });
    await start();
    await settle();
    const { problems } = world.fleet.review(aShortcut({ metadata: { name: 'new' } }));
    expect(problems).toMatchObject([{ rival: { name: 'second' } }]);
  });

  test('finds LeafClusters by Secret, the default key included', async () => {
    const { api, world, start } = aCachedWorld('central');
    await api.create(kinds.leafClusters, aLeaf('rome'));
    await start();
    const secret = { namespace: 'leafway-system', name: 'rome-kubeconfig' };
    expect(world.leafClustersOfSecret({ ...secret, key: 'kubeconfig' })).toEqual(['rome']);
    expect(world.leafClustersOfSecret({ ...secret, key: 'other' })).toEqual([]);
  });

  test("takes the centre's ID from Liqo's ConfigMap, unless there are two of them", async () => {
    const { api, world, start, settle } = aCachedWorld();
    await api.create(resources.configMaps, idConfigMap('liqo-clusterid-configmap'));
    await start();
    expect(world.centralClusterID).toBe('central');
    await api.create(resources.configMaps, idConfigMap('second'));
    await settle();
    expect(world.centralClusterID).toBeUndefined();
  });

  test('does not read ConfigMaps when it was told the ID', async () => {
    const { api, world, start } = aCachedWorld('hub');
    await start();
    expect(world.centralClusterID).toBe('hub');
    expect(api.requests.filter(({ type }) => type.plural === 'configmaps')).toEqual([]);
  });
});
