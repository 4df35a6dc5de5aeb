import {
  annotationKeys,
  type Connection,
  type GatewayServer,
  type PublicKey,
  resources,
  type Secret,
} from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import {
  type Agent,
  addClient,
  addConfiguration,
  addPublicKey,
  addServer,
  atMilan,
  connectionOf,
  peerKey,
  serverOf,
} from '../testing/agent-objects.ts';
import { startAgent } from '../testing/agent-world.ts';
import { generateKeyPair } from '../wireguard/keys.ts';

const gwMilan = { ...atMilan, name: 'gw-milan' };
const peerOf = (agent: Agent) => agent.machine.gateways.get('milan')?.wireGuard.peer?.publicKey;
const secretOf = ({ api }: Agent) => api.object<Secret>(resources.secrets, gwMilan);

async function startConnected(role: 'Server' | 'Client' = 'Server'): Promise<Agent> {
  const agent = await startAgent();
  addConfiguration(agent.api);
  addPublicKey(agent.api, role === 'Server' ? addServer(agent.api) : addClient(agent.api));
  await agent.settle();
  agent.report('milan', { value: 'Connected', latencyMs: 3 });
  await agent.settle();
  return agent;
}

function editEndpoint({ api }: Agent, endpoint: object): void {
  api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
    draft.spec = { ...draft.spec, endpoint: { ...draft.spec?.endpoint, ...endpoint } };
  });
}

/** Something happens that makes the agent look at its gateway. */
async function touchGateway(agent: Agent): Promise<void> {
  agent.api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
    draft.metadata.labels = { ...draft.metadata.labels, touched: String(agent.clock.monotonicMs()) };
  });
  await agent.settle();
}

describe('a PublicKey that somebody deletes', () => {
  it.each(['Server', 'Client'] as const)('costs a %s nothing when it is back within seconds', async (role) => {
    const agent = await startConnected(role);
    const [calls, status] = [agent.machine.calls.length, connectionOf(agent)?.status];
    agent.api.remove(resources.publicKeys, atMilan);
    await agent.settle(4_000);
    expect(peerOf(agent)).toBe(peerKey);
    const type = role === 'Server' ? resources.gatewayServers : resources.gatewayClients;
    for (const gateway of agent.api.objects<GatewayServer>(type)) addPublicKey(agent.api, gateway);
    await agent.settle(20_000);
    expect(peerOf(agent)).toBe(peerKey);
    expect(agent.machine.calls.slice(calls)).toEqual([]);
    expect(connectionOf(agent)?.status).toEqual(status);
    await agent.stop();
  });

  it('costs the peer when it stays away', async () => {
    const agent = await startConnected();
    agent.api.remove(resources.publicKeys, atMilan);
    await agent.settle(5_100);
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer).toBeUndefined();
    await agent.stop();
  });

  it('has no grace when another key takes its place', async () => {
    const agent = await startConnected();
    const { publicKey } = generateKeyPair();
    agent.api.edit<PublicKey>(resources.publicKeys, atMilan, (draft) => {
      draft.spec = { ...draft.spec, publicKey };
    });
    await agent.settle();
    expect(peerOf(agent)).toBe(publicKey);
    await agent.stop();
  });

  it('has no grace when the gateway is another one', async () => {
    const agent = await startConnected();
    agent.api.remove(resources.publicKeys, atMilan);
    agent.api.remove(resources.gatewayServers, atMilan);
    addServer(agent.api);
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer).toBeUndefined();
    await agent.stop();
  });
});

describe('the Secret with the key of a gateway', () => {
  it('is made again with the same key within ten seconds, and looked at no more often', async () => {
    const agent = await startConnected();
    const [before, calls] = [secretOf(agent)?.data, agent.machine.calls.length];
    agent.api.remove(resources.secrets, gwMilan);
    await agent.settle(10_100);
    expect(secretOf(agent)?.data).toEqual(before);
    expect(agent.machine.calls.slice(calls)).toEqual([]);
    const gets = () => agent.api.requests.filter(({ verb, type }) => verb === 'get' && type === resources.secrets);
    const count = gets().length;
    for (let round = 0; round < 5; round += 1) await touchGateway(agent);
    expect(gets()).toHaveLength(count);
    await agent.stop();
  });

  it('that was replaced gives the gateway its key', async () => {
    const agent = await startConnected();
    const pair = generateKeyPair();
    agent.api.edit<Secret>(resources.secrets, gwMilan, (draft) => {
      draft.data = { ...pair };
    });
    await agent.settle(10_100);
    expect(serverOf(agent)?.metadata.annotations?.[annotationKeys.publicKey]).toBe(pair.publicKey);
    expect(agent.machine.gateways.get('milan')?.wireGuard.publicKey).toBe(pair.publicKey);
    await agent.stop();
  });
});

describe('a Secret that a gateway names', () => {
  it('is asked for in one sentence while it is missing, and not missed any more once its key is known', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    const named = { ...atMilan, name: 'my-key' };
    agent.api.edit<GatewayServer>(resources.gatewayServers, atMilan, (draft) => {
      draft.spec = { ...draft.spec, secretRef: { name: named.name } };
    });
    await agent.settle(60_000);
    expect(agent.told).toMatchObject([{ reason: 'KeyNotUsable', note: expect.stringContaining('my-key') }]);
    expect(serverOf(agent)?.metadata.annotations?.[annotationKeys.problem]).toContain('my-key');
    const { privateKey, publicKey } = generateKeyPair();
    agent.api.seed(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: named, data: { privateKey } });
    await agent.settle(30_000);
    expect(serverOf(agent)?.metadata.annotations?.[annotationKeys.publicKey]).toBe(publicKey);
    expect(serverOf(agent)?.metadata.annotations).not.toHaveProperty(annotationKeys.problem);
    agent.api.remove(resources.secrets, named);
    await agent.settle(20_000);
    expect(agent.told).toHaveLength(1);
    expect(agent.machine.gateways.get('milan')?.wireGuard.publicKey).toBe(publicKey);
    await agent.stop();
  });
});

describe('a Connection that somebody', () => {
  it('deletes is made again with all that is known', async () => {
    const agent = await startConnected();
    const before = connectionOf(agent);
    agent.api.remove(resources.connections, gwMilan);
    await agent.settle(1_000);
    expect(connectionOf(agent)?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(connectionOf(agent)?.status).toEqual(before?.status);
    await agent.stop();
  });

  it.each<[string, (draft: Connection) => void]>([
    ['says something else in', (draft) => (draft.status = { value: 'Error' })],
    ['takes the labels from', (draft) => delete draft.metadata.labels],
    ['labels for another cluster', (draft) => (draft.metadata.labels = { 'liqo.io/remote-cluster-id': 'paris' })],
    ['leads elsewhere', (draft) => (draft.spec = { type: 'Client', gatewayRef: { name: 'other' } })],
    ['takes from its owner', (draft) => delete draft.metadata.ownerReferences],
  ])('%s is as it was within a second', async (_, edit) => {
    const agent = await startConnected();
    const before = connectionOf(agent);
    agent.api.edit<Connection>(resources.connections, gwMilan, (draft) => {
      edit(draft);
    });
    await agent.settle(1_000);
    const { metadata, spec, status } = connectionOf(agent) ?? {};
    expect([spec, status]).toEqual([before?.spec, before?.status]);
    expect(metadata?.labels).toEqual(before?.metadata.labels);
    expect(metadata?.ownerReferences).toEqual(before?.metadata.ownerReferences);
    await agent.stop();
  });

  it('labels more keeps what was added', async () => {
    const agent = await startConnected();
    agent.api.edit<Connection>(resources.connections, gwMilan, (draft) => {
      draft.metadata.labels = { ...draft.metadata.labels, team: 'a' };
    });
    await agent.settle(1_000);
    expect(connectionOf(agent)?.metadata.labels).toMatchObject({ team: 'a', 'liqo.io/remote-cluster-id': 'milan' });
    await agent.stop();
  });
});

describe('a live gateway server', () => {
  it.each([
    ['another port', { port: 51_999 }, { port: 51_999 }],
    ['a node port', { serviceType: 'NodePort', nodePort: 30_123 }, { port: 30_123 }],
    ['another address', { loadBalancerIP: '172.30.1.200' }, { addresses: ['172.30.1.200'] }],
  ])('takes %s in place, announces it, and keeps its peer', async (_, change, announced) => {
    const agent = await startConnected();
    editEndpoint(agent, change);
    await agent.settle();
    const { endpoint } = serverOf(agent)?.status ?? {};
    expect(endpoint).toMatchObject(announced);
    expect(agent.machine.gateways.get('milan')).toMatchObject({
      uplinkAddress: endpoint?.addresses?.[0],
      wireGuard: { listenPort: endpoint?.port, peer: { publicKey: peerKey } },
    });
    expect(agent.machine.calls.filter(({ call }) => call === 'remove')).toEqual([]);
    expect(connectionOf(agent)?.status?.value).toBe('Connected');
    await agent.stop();
  });

  it('stays where it is when it cannot have the address that it is to move to, and an event says why', async () => {
    const agent = await startConnected();
    const before = serverOf(agent)?.status;
    editEndpoint(agent, { loadBalancerIP: '192.0.2.1' });
    await agent.settle();
    expect(serverOf(agent)?.status).toEqual(before);
    await touchGateway(agent);
    expect(agent.told).toEqual([
      {
        object: 'liqo-tenant-milan/milan',
        reason: 'AddressNotUsable',
        note: expect.stringContaining('spec.endpoint.loadBalancerIP: 192.0.2.1 is not one of'),
      },
    ]);
    await agent.stop();
  });
});

describe('a new gateway server', () => {
  it('is nowhere while it wants an address that it cannot have, and comes up when it wants another', async () => {
    const agent = await startAgent();
    addServer(agent.api, 'milan', { loadBalancerIP: '192.0.2.1' });
    await agent.settle();
    expect([agent.machine.gateways.size, serverOf(agent)?.status]).toEqual([0, undefined]);
    expect(agent.told).toMatchObject([{ reason: 'AddressNotUsable' }]);
    editEndpoint(agent, { loadBalancerIP: '172.30.1.77' });
    await agent.settle(1_000);
    expect(serverOf(agent)?.status?.endpoint?.addresses).toEqual(['172.30.1.77']);
    await agent.stop();
  });
});
