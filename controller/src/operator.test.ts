import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { type GatewayServer, resources } from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

async function aFleet(): Promise<FakeFleet> {
  fleet = new FakeFleet();
  await fleet.start();
  return fleet;
}

const isReady = (object: { status?: { conditions?: { type: string; status: string }[] } } | undefined): boolean =>
  object?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
const writes = (api: FakeKubeApi, from: number): string[] =>
  api.requests
    .slice(from)
    .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
    .map(({ verb, type, subresource }) => [verb, type.kind, subresource].filter(Boolean).join(' '));

describe('the operator', () => {
  it('gathers the facts of every registered leaf', async () => {
    const { central } = await aFleet();
    const leaf = await central.get<LeafCluster>(kinds.leafClusters, { name: 'rome' });
    expect(isReady(leaf)).toBe(true);
    expect(leaf?.status).toMatchObject({
      dataPlane: { kind: 'Leafway' },
      identity: { uid: expect.any(String) },
      networks: { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] },
    });
  });

  it('makes a shortcut Ready with eight writes on the leaves, and then asks nothing of anybody', async () => {
    const { central, rome, milan } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const shortcut = await fleet.shortcut();
    expect(isReady(shortcut)).toBe(true);
    expect(shortcut?.status?.clusters?.map(({ remappedPodCIDRs }) => remappedPodCIDRs)).toEqual([
      ['10.71.0.0/16'],
      ['10.71.0.0/16'],
    ]);
    const made = [rome, milan]
      .flatMap(({ api }) => api.requests)
      .filter(({ verb, body }) => verb === 'create' && JSON.stringify(body).includes('shortcut-uid'));
    expect(made).toHaveLength(8);
    const counts = [central, rome.api, milan.api].map((api) => api.requests.length);
    await fleet.clock.advance(20_000);
    const watches = [central, rome.api, milan.api].map((api, index) =>
      api.requests.slice(counts[index]).filter(({ verb }) => verb !== 'watch'),
    );
    expect(watches).toEqual([[], [], []]);
  });

  it('lets only the older of two shortcuts for a pair work', async () => {
    await aFleet();
    await fleet.create('first');
    await fleet.pass(3);
    await fleet.create('second');
    await fleet.pass(1);
    const second = await fleet.shortcut('second');
    expect(second?.status?.conditions?.[0]).toMatchObject({
      type: 'Accepted',
      reason: 'Conflicted',
      message: expect.stringContaining('first'),
    });
    expect(second?.status).toMatchObject({ phase: 'Refused' });
    expect(isReady(await fleet.shortcut('first'))).toBe(true);
  });

  it('tells the loser once, by status and by an event, writes nothing for it on any leaf, and then asks nothing', async () => {
    const { central, rome, milan } = await aFleet();
    await fleet.create('first');
    await fleet.pass(3);
    const apis = [central, rome.api, milan.api];
    const before = apis.map((api) => api.requests.length);
    await fleet.create('second');
    await fleet.clock.advance(1_000);
    expect(writes(central, before[0] ?? 0)).toEqual(['create VirtualNodeShortcut', 'apply VirtualNodeShortcut status']);
    const told = fleet.events.filter(({ reason }) => reason === 'Conflicted');
    expect(told).toMatchObject([{ type: 'Warning', note: expect.stringContaining('"first"') }]);
    const counts = apis.map((api) => api.requests.length);
    expect(counts.slice(1)).toEqual(before.slice(1));
    await fleet.clock.advance(20_000);
    const later = apis.map((api, index) => api.requests.slice(counts[index]).filter(({ verb }) => verb !== 'watch'));
    expect(later).toEqual([[], [], []]);
  });

  it('gives the loser its turn when the winner is gone', async () => {
    await aFleet();
    await fleet.create('first');
    await fleet.pass(2);
    await fleet.create('second');
    await fleet.pass(1);
    await fleet.central.delete(kinds.shortcuts, { name: 'first' });
    await fleet.pass(5);
    expect(await fleet.shortcut('first')).toBeUndefined();
    expect(isReady(await fleet.shortcut('second'))).toBe(true);
  });

  it('does not call a spec carried out that came while the one before was', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const wish = (mtu: number) =>
      central.patch(kinds.shortcuts, { name: 'rome-milan' }, [{ op: 'add', path: '/spec/gateway', value: { mtu } }]);
    const patching = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    rome.api.beforeRequest = async ({ verb }) => {
      if (verb !== 'patch') return;
      patching.resolve();
      await release.promise;
    };
    const mtuWhenToldOfGeneration3: unknown[] = [];
    central.beforeRequest = ({ verb, type, body }) => {
      if (verb !== 'apply' || type.kind !== kinds.shortcuts.kind) return;
      const { status } = body as VirtualNodeShortcut;
      const ready = status?.conditions?.find((one) => one.type === 'Ready' && one.status === 'True');
      if (status?.observedGeneration !== 3 && ready?.observedGeneration !== 3) return;
      const gateways = [resources.gatewayServers, resources.gatewayClients].flatMap((kind) => rome.api.objects(kind));
      mtuWhenToldOfGeneration3.push(gateways.map((gateway) => (gateway as GatewayServer).spec?.mtu));
    };
    await wish(1400);
    await fleet.clock.advance(100);
    await patching.promise;
    await wish(1380);
    release.resolve();
    await fleet.pass(3);
    expect((await fleet.shortcut())?.status?.observedGeneration).toBe(3);
    expect(mtuWhenToldOfGeneration3).toEqual([[1380]]);
  });

  it('restores an object that somebody deleted', async () => {
    const { rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const from = rome.api.requests.length;
    await rome.api.delete(resources.publicKeys, { namespace: 'liqo-tenant-milan', name: 'milan' });
    await fleet.pass(1);
    expect(writes(rome.api, from)).toContain('create PublicKey');
    const shortcut = await fleet.shortcut();
    expect(isReady(shortcut)).toBe(true);
    const message = 'PublicKey liqo-tenant-milan/milan on rome was deleted by somebody else, and was restored.';
    expect(shortcut?.status?.lastRepair).toMatchObject({ cluster: 'rome', kind: 'PublicKey', name: 'milan', message });
    expect(fleet.events).toContainEqual({ type: 'Warning', reason: 'Repaired', action: 'Repair', note: message });
  });

  it('says which fields of an object it restored, and that a change of the spec is none', async () => {
    const { central, milan } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const mtu = (value: number) => [{ op: 'add', path: '/spec/gateway', value: { mtu: value } }] as const;
    await central.patch(kinds.shortcuts, { name: 'rome-milan' }, mtu(1400));
    await fleet.pass(1);
    const ref = { namespace: 'liqo-tenant-rome', name: 'rome' };
    const server = () => milan.api.get<GatewayServer>(resources.gatewayServers, ref);
    expect((await server())?.spec?.mtu).toBe(1400);
    expect((await fleet.shortcut())?.status?.lastRepair).toBeUndefined();
    await milan.api.patch(resources.gatewayServers, ref, [
      { op: 'replace', path: '/spec/mtu', value: 9_000 },
      { op: 'remove', path: '/metadata/labels/liqo.io~1remote-cluster-id' },
    ]);
    await fleet.pass(1);
    expect((await server())?.spec?.mtu).toBe(1400);
    expect((await fleet.shortcut())?.status?.lastRepair?.message).toBe(
      'GatewayServer liqo-tenant-rome/rome on milan was changed in spec.mtu, metadata.labels[liqo.io/remote-cluster-id] by somebody else, and was restored.',
    );
  });

  it('blames nobody for what goes because the server moves to the other leaf', async () => {
    const { central, events } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const before = (await fleet.shortcut())?.status?.clusters?.map(({ role }) => role);
    central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: 'rome-milan' }, ({ spec }) => {
      spec.gateway = { server: 'rome' };
    });
    await fleet.pass(5);
    const { status } = (await fleet.shortcut()) ?? {};
    expect(status?.phase).toBe('Ready');
    expect(status?.clusters?.map(({ role }) => role)).toEqual(before?.toReversed());
    expect(events.map(({ reason }) => reason)).not.toContain('Repaired');
    expect(status?.lastRepair).toBeUndefined();
  });

  it('does not write to a cluster that took the place of a leaf', async () => {
    const { central, rome } = await aFleet();
    const path = '/status/identity/uid';
    await central.patch(kinds.leafClusters, { name: 'rome' }, [{ op: 'replace', path, value: 'another cluster' }], {
      subresource: 'status',
    });
    await fleet.pass(1);
    const from = rome.api.requests.length;
    await fleet.create();
    await fleet.pass(2);
    expect(writes(rome.api, from)).toEqual([]);
    expect((await fleet.shortcut())?.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'LeavesReachable',
        status: 'False',
        message: expect.stringContaining('another cluster answers now'),
      }),
    );
  });

  it('takes a LeafCluster that was made anew, while nobody could see it, for another one', async () => {
    const { central } = await aFleet();
    const { apiVersion, kind, metadata, spec } = (await fleet.leaf('rome')) as LeafCluster;
    central.network.down();
    const person = new FakeKubeApi({ sameServerAs: central });
    const { namespace } = spec.kubeconfigSecretRef;
    await person.delete(kinds.leafClusters, metadata);
    await person.patch(kinds.leafClusters, metadata, [{ op: 'remove', path: '/metadata/finalizers' }]);
    const kubeconfigSecretRef = { namespace, name: 'another' };
    await person.create<LeafCluster>(kinds.leafClusters, {
      ...{ apiVersion, kind, metadata: { name: metadata.name } },
      spec: { kubeconfigSecretRef },
    });
    person.compact();
    central.network.heal();
    await fleet.pass(60);
    expect((await fleet.leaf('rome'))?.status?.conditions?.[0]?.message).toContain(
      `Secret ${namespace}/another with its kubeconfig does not exist`,
    );
  });

  it('looks again who answers when a leaf comes back, and does not write to another cluster', async () => {
    const { rome } = await aFleet();
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    await rome.becomeAnotherCluster();
    fleet.away = undefined;
    await fleet.pass(60);
    const from = rome.api.requests.length;
    await fleet.create();
    await fleet.pass(3);
    expect(writes(rome.api, from)).toEqual([]);
    expect((await fleet.leaf('rome'))?.status?.conditions?.[0]?.message).toContain('another cluster answers now');
  });

  it('does not take a namespace that nothing tells apart from any other', async () => {
    const { rome } = await aFleet();
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'liqo-tenant-milan' } };
    await rome.api.create(resources.namespaces, namespace);
    await fleet.create();
    await fleet.pass(3);
    const ready = (await fleet.shortcut())?.status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({
      reason: 'LeafError',
      message: expect.stringContaining('exists without the label liqo.io/remote-cluster-id=milan'),
    });
  });

  it('asks for nothing while the connections of a link are renewed', async () => {
    const { central, rome, milan } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const servers = [central, rome.api, milan.api];
    const counts = servers.map((api) => api.requests.length);
    for (let tens = 0; tens < 6; tens += 1) {
      await rome.renewConnections();
      await milan.renewConnections();
      await fleet.clock.advance(10_000);
    }
    const asked = servers.flatMap((api, index) => api.requests.slice(counts[index]));
    expect(asked.filter(({ verb, type }) => verb !== 'watch' && type !== resources.connections)).toEqual([]);
    expect(isReady(await fleet.shortcut())).toBe(true);
  });

  it('brings an object back whose labels were changed by hand, and removes it with the rest', async () => {
    const { rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const ref = { namespace: 'liqo-tenant-milan', name: 'milan' };
    const label = { op: 'replace', path: '/metadata/labels/liqo.io~1remote-cluster-id', value: 'nobody' } as const;
    await rome.api.patch(resources.configurations, ref, [label]);
    await fleet.pass(1);
    const restored = await rome.api.get(resources.configurations, ref);
    expect(restored?.metadata.labels?.['liqo.io/remote-cluster-id']).toBe('milan');
  });

  it('puts a label back that somebody took off a namespace of its own', async () => {
    const { rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const ref = { name: 'liqo-tenant-milan' };
    const path = '/metadata/labels/liqo.io~1tenant-namespace';
    await rome.api.patch(resources.namespaces, ref, [{ op: 'remove', path }]);
    await fleet.pass(1);
    const restored = await rome.api.get(resources.namespaces, ref);
    expect(restored?.metadata.labels?.['liqo.io/tenant-namespace']).toBe('true');
    expect(isReady(await fleet.shortcut())).toBe(true);
  });

  it('works on the living side soon when the other leaf hangs from the start', async () => {
    fleet = new FakeFleet();
    for (const leaf of [fleet.rome, fleet.milan]) {
      await leaf.install('10.244.0.0/16');
      await fleet.register(leaf.id);
    }
    fleet.hung = 'rome';
    await fleet.create();
    await fleet.startOperator();
    await fleet.pass(2);
    expect((await fleet.shortcut())?.status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'LeavesReachable',
        status: 'False',
        message: expect.stringContaining('rome: it does not answer within 5 s'),
      }),
    );
    fleet.recover();
  });

  it('says what a leaf was asked that does not do it in time', async () => {
    fleet = new FakeFleet();
    await fleet.start();
    const { api } = fleet.rome;
    const { beforeRequest } = api;
    api.beforeRequest = (request) =>
      request.verb === 'create' && request.type.kind === 'Configuration'
        ? new Promise(() => undefined)
        : beforeRequest?.(request);
    await fleet.create();
    await fleet.pass(7);
    expect((await fleet.shortcut())?.status?.conditions).toContainEqual(
      expect.objectContaining({
        ...{ type: 'Ready', status: 'False' },
        message: expect.stringMatching(
          /^rome: create networking\.liqo\.io\/v1beta1 configurations liqo-tenant-milan\/milan.*: not done within 5 s/,
        ),
      }),
    );
  });
});
