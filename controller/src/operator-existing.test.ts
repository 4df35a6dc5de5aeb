import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import {
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  buildTenantNamespace,
  type LiqoObject,
  type LiqoResource,
  resources,
} from '@leafway/liqo';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';
import type { FakeLeaf } from './testing/fake-leaf.ts';
import { aKey, aShortcut } from './testing/world.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

const linkKinds = [
  resources.namespaces,
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
] as const;

/** A fleet in which somebody ran `liqoctl network connect` with milan as the remote cluster, and what that made. */
async function aLinkedFleet(): Promise<FakeFleet> {
  fleet = new FakeFleet();
  await fleet.start();
  const [inRome, inMilan] = [sideOf('milan'), sideOf('rome')];
  const template = { namespace: 'liqo' };
  const ranges = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
  const names = { pod: ['10.91.0.0/16'], external: ['10.92.0.0/16'] };
  for (const [{ api }, side] of [
    [fleet.rome, inRome],
    [fleet.milan, inMilan],
  ] as const) {
    await api.create(resources.namespaces, buildTenantNamespace(side.remoteClusterID));
    const made = await api.create<LiqoObject>(resources.configurations, buildConfiguration(side, ranges));
    const status = [{ op: 'add', path: '/status', value: { remote: { cidr: names } } }] as const;
    await api.patch(resources.configurations, made.metadata, status, { subresource: 'status' });
  }
  const service = { mtu: 1340, serviceType: 'LoadBalancer', port: 51_840 } as const;
  const server = await fleet.milan.api.create(
    resources.gatewayServers,
    buildGatewayServer(inMilan, { template, ...service }),
  );
  const dialled = { mtu: 1340, address: '172.30.0.9', port: 51_840 };
  const client = await fleet.rome.api.create(
    resources.gatewayClients,
    buildGatewayClient(inRome, { template, ...dialled }),
  );
  const key = (publicKey: string, gateway: LiqoObject) => ({ publicKey, gateway });
  await fleet.milan.api.create(resources.publicKeys, buildPublicKey(inMilan, key(aKey('rome'), server)));
  await fleet.rome.api.create(resources.publicKeys, buildPublicKey(inRome, key(aKey('milan'), client)));
  await fleet.pass(2);
  return fleet;
}

const sideOf = (remoteClusterID: string) => ({ remoteClusterID, namespace: `liqo-tenant-${remoteClusterID}` });

type Existing = NonNullable<VirtualNodeShortcut['spec']['existing']>;

async function create(existing: Existing): Promise<void> {
  const { apiVersion, kind, spec } = aShortcut({ spec: { existing } });
  await fleet.central.create<VirtualNodeShortcut>(kinds.shortcuts, {
    ...{ apiVersion, kind, metadata: { name: 'rome-milan' } },
    spec,
  });
  await fleet.pass(3);
}

const become = async (value: Existing): Promise<void> => {
  await fleet.central.patch(kinds.shortcuts, { name: 'rome-milan' }, [{ op: 'add', path: '/spec/existing', value }]);
  await fleet.pass(3);
};

const leaves = (): readonly FakeLeaf[] => [fleet.rome, fleet.milan];
const linkObjects = (type: LiqoResource): LiqoObject[] =>
  leaves().flatMap(({ api }) => api.objects(type) as unknown as LiqoObject[]);
const everything = (): unknown =>
  structuredClone(linkKinds.map((type) => linkObjects(type).map(({ metadata, ...rest }) => [metadata.uid, rest])));

/** What was asked of the leaves since then by whoever writes there: the fake data planes do not, once all is there. */
const writesSince = (counts: readonly number[]): string[] =>
  leaves().flatMap(({ api }, index) =>
    api.requests
      .slice(counts[index])
      .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
      .map(({ verb, type }) => `${verb} ${type.kind}`),
  );
const counts = (): number[] => leaves().map(({ api }) => api.requests.length);
const phase = async (): Promise<string | undefined> => (await fleet.shortcut())?.status?.phase;
const origins = async (): Promise<string[]> =>
  ((await fleet.shortcut())?.status?.objects ?? []).map(({ kind, origin }) => `${kind} ${origin}`).sort();

describe('the operator, when a link is there that somebody else made', () => {
  it('refuses it with all that it finds, and writes nothing on any leaf', async () => {
    await aLinkedFleet();
    const before = counts();
    await create('Refuse');
    expect((await fleet.shortcut())?.status?.conditions?.[0]).toMatchObject({
      reason: 'LinkExists',
      message: expect.stringContaining('with milan as the server and rome as the client, and that works'),
    });
    expect(writesSince(before)).toEqual([]);
  });

  it('shows it when it is to be observed, holds nothing, and leaves everything when it is deleted', async () => {
    await aLinkedFleet();
    const before = counts();
    const untouched = everything();
    await create('Observe');
    expect(await phase()).toBe('Ready');
    expect((await fleet.shortcut())?.metadata.finalizers ?? []).toEqual([]);
    expect((await fleet.shortcut())?.status?.clusters).toMatchObject([
      { id: 'rome', role: 'Client', remappedPodCIDRs: ['10.91.0.0/16'], connection: { status: 'Connected' } },
      { id: 'milan', role: 'Server', gateway: { endpoint: '172.30.0.9:51840' } },
    ]);
    expect(new Set((await origins()).map((line) => line.split(' ')[1]))).toEqual(new Set(['Observed']));
    await fleet.central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(2);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(writesSince(before)).toEqual([]);
    expect(everything()).toEqual(untouched);
  });

  it('takes it over by one patch for each object, which changes nothing but marks, and says so', async () => {
    await aLinkedFleet();
    await create('Observe');
    const before = counts();
    const untouched = everything();
    await become('Adopt');
    expect(writesSince(before).sort()).toEqual(
      ['Configuration', 'Configuration', 'GatewayClient', 'GatewayServer', 'PublicKey', 'PublicKey'].map(
        (kind) => `patch ${kind}`,
      ),
    );
    const patched = leaves().flatMap(({ api }, index) =>
      api.requests.slice(before[index]).filter(({ verb }) => verb === 'patch'),
    );
    for (const { body } of patched)
      expect(body).toMatchObject([
        { op: 'test', path: '/metadata/uid' },
        { op: 'test', path: '/metadata/resourceVersion' },
        ...Array((body as unknown[]).length - 2).fill({
          path: expect.stringMatching(/^\/metadata\/(labels|annotations)/),
        }),
      ]);
    expect(everything()).toEqual(untouched);
    expect(await phase()).toBe('Ready');
    expect(await origins()).toContain('GatewayServer Adopted');
    expect(await origins()).toContain('Namespace Observed');
    expect(fleet.events).toContainEqual(
      expect.objectContaining({ type: 'Normal', reason: 'Adopting', note: expect.stringContaining('Takes over ') }),
    );
    expect(fleet.events).not.toContainEqual(expect.objectContaining({ reason: 'NotReady' }));
  });

  it('repairs what it took over, and removes it when it is deleted, but not the namespaces', async () => {
    await aLinkedFleet();
    await create('Adopt');
    const ref = { namespace: 'liqo-tenant-rome', name: 'rome' };
    await fleet.milan.api.patch(resources.gatewayServers, ref, [{ op: 'replace', path: '/spec/mtu', value: 9_000 }]);
    await fleet.pass(1);
    expect(await fleet.milan.api.get(resources.gatewayServers, ref)).toMatchObject({ spec: { mtu: 1340 } });
    await fleet.central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(3);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(
      linkKinds
        .flatMap(linkObjects)
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .filter((line) => /tenant|rome|milan/.test(line)),
    ).toEqual(['Namespace liqo-tenant-milan', 'Namespace liqo-tenant-rome']);
  });

  it('gives it back, untouched but for its marks, when an ordinary peering of the two leaves uses it', async () => {
    await aLinkedFleet();
    await create('Adopt');
    const untouched = everything();
    const tenants: LiqoResource = {
      ...{ group: 'authentication.liqo.io', version: 'v1beta1', plural: 'tenants', kind: 'Tenant' },
      namespaced: true,
    };
    for (const { api, id } of leaves()) {
      const peer = id === 'rome' ? 'milan' : 'rome';
      const metadata = { name: peer, namespace: `liqo-tenant-${peer}`, labels: { 'liqo.io/remote-cluster-id': peer } };
      await api.create(tenants, { apiVersion: 'authentication.liqo.io/v1beta1', kind: 'Tenant', metadata });
    }
    await fleet.central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(3);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(everything()).toEqual(untouched);
    expect(JSON.stringify(linkKinds.flatMap(linkObjects))).not.toMatch(/shortcut-uid|leafway.dev\/adopted/);
  });

  it('takes nothing over that changes while it looks, and looks again', async () => {
    await aLinkedFleet();
    const { api } = fleet.milan;
    const ref = { namespace: 'liqo-tenant-rome', name: 'rome' };
    let isChanged = false;
    const usual = api.beforeRequest;
    api.beforeRequest = async (request) => {
      if (request.verb === 'patch' && request.type.kind === 'GatewayServer' && !isChanged) {
        isChanged = true;
        await api.patch(resources.gatewayServers, ref, [{ op: 'add', path: '/metadata/labels/theirs', value: 'x' }]);
      }
      return usual?.(request);
    };
    await create('Adopt');
    await fleet.pass(5);
    expect(isChanged).toBe(true);
    expect((await api.get(resources.gatewayServers, ref))?.metadata.labels).toMatchObject({
      theirs: 'x',
      'leafway.dev/shortcut-uid': expect.any(String),
    });
    expect(await phase()).toBe('Ready');
  });
});
