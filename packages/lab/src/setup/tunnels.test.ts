import {
  annotationKeys,
  buildConnection,
  type Configuration,
  type GatewayServer,
  type IP,
  type PublicKey,
  resources,
} from '@leafway/liqo';
import type { KubeObject, ResourceType } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import { parseLabArguments } from '../plan/arguments.ts';
import { type ClusterPlan, planLab, portsNeeded } from '../plan/lab-plan.ts';
import type { TunnelEnd } from './link.ts';
import { publishPods } from './published-pods.ts';
import { nameRanges } from './ranges.ts';
import { connect } from './tunnels.ts';

const signal = AbortSignal.timeout(20_000);
const keys: Record<string, string> = { central: `${'C'.repeat(43)}=`, rome: `${'R'.repeat(43)}=` };

function twoEnds(): { centre: Simulated; leaf: Simulated } {
  const request = parseLabArguments({ clusters: 'central,rome' });
  const none: string[] = [];
  const programs = { supervisor: none, web: none, agent: none, webhook: none, controller: none };
  const tools = { etcd: '', kubeApiserver: '', kubeControllerManager: '', kubectl: '', helm: '' };
  const ports = Array.from({ length: portsNeeded(2) }, (_, index) => index);
  const [centre, leaf] = planLab({ directory: '/x', bare: true, request, ports, tools, programs, charts: '' }).clusters;
  return { centre: simulate(centre as ClusterPlan), leaf: simulate(leaf as ClusterPlan) };
}

type Simulated = TunnelEnd & { readonly api: FakeKubeApi };

/** A cluster whose agent answers as ours does, in as few words as possible. */
function simulate(plan: ClusterPlan): Simulated {
  const api = new FakeKubeApi({ cluster: plan.id });
  const patchStatus = (type: ResourceType, { metadata }: KubeObject, value: unknown): Promise<unknown> =>
    api.patch(type, metadata, [{ op: 'add', path: '/status', value }], { subresource: 'status' });
  const announceKey = (type: ResourceType, { metadata }: KubeObject): Promise<unknown> =>
    api.patch(type, metadata, [
      { op: 'add', path: '/metadata/annotations', value: { [annotationKeys.publicKey]: keys[plan.id] } },
    ]);

  answer<Configuration>(api, resources.configurations, (configuration) =>
    patchStatus(resources.configurations, configuration, {
      remote: { cidr: { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] } },
    }),
  );
  answer<GatewayServer>(api, resources.gatewayServers, async (server) => {
    await patchStatus(resources.gatewayServers, server, {
      endpoint: { addresses: ['172.30.2.1'], port: server.spec?.endpoint?.port },
    });
    await announceKey(resources.gatewayServers, server);
  });
  answer(api, resources.gatewayClients, (client) => announceKey(resources.gatewayClients, client));
  answer<PublicKey>(api, resources.publicKeys, async (key) => {
    const { namespace = '', name } = key.metadata;
    const server = await api.get<GatewayServer>(resources.gatewayServers, { namespace, name });
    const gateway = server ?? (await api.get<GatewayServer>(resources.gatewayClients, { namespace, name }));
    if (gateway === undefined) throw new Error('a key came before its gateway');
    const role = server === undefined ? 'Client' : 'Server';
    const connection = await api.create(
      resources.connections,
      buildConnection({ remoteClusterID: name, namespace }, { role, gateway }),
    );
    await patchStatus(resources.connections, connection, { value: 'Connected' });
  });
  let host = 0;
  answer<IP>(api, resources.ips, (ip) => {
    host += 1;
    return patchStatus(resources.ips, ip, { ip: `10.70.0.${host}`, cidr: '10.70.0.0/16' });
  });
  return { plan, api, admin: { id: plan.id, api, signal, sleep: async () => {} } };
}

function answer<T extends KubeObject>(
  api: FakeKubeApi,
  type: ResourceType,
  react: (object: T) => Promise<unknown>,
): void {
  void (async () => {
    for await (const event of api.watch<T>(type, { resourceVersion: '0', signal })) {
      if (event.type === 'ADDED') await react(event.object);
    }
  })().catch(() => {});
}

describe('the tunnel between the centre and a leaf', () => {
  it("is built with the leaf as server, each side holding the other's key", async () => {
    const { centre, leaf } = twoEnds();
    await nameRanges(centre, leaf);
    await nameRanges(leaf, centre);
    await connect(centre, leaf);

    const atLeaf = { namespace: 'liqo-tenant-central', name: 'central' };
    const atCentre = { namespace: 'liqo-tenant-rome', name: 'rome' };
    expect(leaf.api.object(resources.gatewayServers, atLeaf)).toMatchObject({
      spec: { mtu: 1340, endpoint: { port: 51840, serviceType: 'LoadBalancer' } },
    });
    expect(centre.api.object(resources.gatewayClients, atCentre)).toMatchObject({
      spec: { endpoint: { addresses: ['172.30.2.1'], port: 51840 } },
    });
    expect(leaf.api.object(resources.publicKeys, atLeaf)).toMatchObject({ spec: { publicKey: keys.central } });
    expect(centre.api.object(resources.publicKeys, atCentre)).toMatchObject({ spec: { publicKey: keys.rome } });
  });

  it("leads to the pods by addresses of the centre, made from the centre's names of the pods", async () => {
    const { centre, leaf } = twoEnds();
    await publishPods(centre, leaf, await nameRanges(centre, leaf));

    const namespace = 'liqo-tenant-rome';
    expect(centre.api.object(resources.ips, { namespace, name: 'rome-client' })).toMatchObject({
      spec: { ip: '10.71.0.10' },
    });
    expect(centre.api.object(resources.ips, { namespace, name: 'rome-web' })).toMatchObject({
      spec: { ip: '10.71.0.11' },
    });
  });

  it('describes each side to the other by its own ranges', async () => {
    const { centre, leaf } = twoEnds();
    await nameRanges(leaf, centre);
    expect(
      leaf.api.object(resources.configurations, { namespace: 'liqo-tenant-central', name: 'central' }),
    ).toMatchObject({
      spec: { remote: { cidr: { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] } } },
    });
  });
});
