import {
  annotationKeys,
  buildIP,
  type Configuration,
  encodeWantedCIDRs,
  type GatewayClient,
  type IP,
  type Network,
  type PublicKey,
  readConfiguration,
  resources,
  type Secret,
} from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { describe, expect, it } from 'vitest';
import {
  addClient,
  addConfiguration,
  addPublicKey,
  addServer,
  atMilan,
  configurationOf,
  connectionOf,
  peerKey,
  serverOf,
} from '../testing/agent-objects.ts';
import { FakeMachine, leftBehind, startAgent } from '../testing/agent-world.ts';

describe('an agent at its start', () => {
  it('tells the ID and the ranges of its cluster, and leaves alone what is there', async () => {
    const agent = await startAgent();
    const networks = agent.api
      .objects<Network>(resources.networks)
      .map(({ metadata, status }) => [metadata.name, status?.cidr]);
    expect(Object.fromEntries(networks)).toEqual({
      'pod-cidr': '10.244.0.0/16',
      'external-cidr': '10.70.0.0/16',
      'service-cidr': '10.96.0.0/12',
      'internal-cidr': '10.80.0.0/16',
      'reserved-172-30-0-0-16': '172.30.0.0/16',
    });
    expect(agent.api.objects(resources.configMaps)).toMatchObject([{ data: { CLUSTER_ID: 'rome' } }]);
    expect(agent.machine.node.ruleset).toContain('snat to 10.70.0.0');
    expect(agent.machine.node.probeAddress).toBe('10.244.0.0');
    await agent.stop();
    const writesBefore = writes(agent.api).length;
    const second = await startAgent({ api: agent.api });
    const tried = writes(agent.api).slice(writesBefore);
    expect(tried.every(({ verb }) => verb === 'create')).toBe(true);
    await second.stop();
  });

  it('is ready when all objects are known, and not before', async () => {
    const api = new FakeKubeApi();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    api.beforeRequest = ({ type }) => (type === resources.gatewayServers ? answered : undefined);
    const agent = await startAgent({ api });
    expect(agent.isReady()).toBe(false);
    answer();
    await agent.settle();
    expect(agent.isReady()).toBe(true);
    await agent.stop();
  });

  it('refuses to run with other ranges than the cluster was told', async () => {
    const api = new FakeKubeApi();
    api.seed<Network>(resources.networks, {
      apiVersion: 'ipam.liqo.io/v1alpha1',
      kind: 'Network',
      metadata: { name: 'pod-cidr', namespace: 'liqo' },
      spec: { cidr: '10.0.0.0/16' },
    });
    const agent = startAgent({ api });
    await expect(agent.then(({ stop }) => stop())).rejects.toThrow(
      'liqo/pod-cidr says 10.0.0.0/16, this agent was started with 10.244.0.0/16',
    );
  });

  it('removes a gateway that nobody wants any more, and keeps the address of one that is wanted', async () => {
    const machine = new FakeMachine(
      new Map([
        ['paris', leftBehind('172.30.1.5')],
        ['milan', leftBehind('172.30.1.6')],
      ]),
    );
    const api = new FakeKubeApi();
    addServer(api);
    const agent = await startAgent({ api, machine });
    expect(machine.calls).toContainEqual({ call: 'remove', remote: 'paris' });
    expect(serverOf(agent)?.status?.endpoint?.addresses).toEqual(['172.30.1.6']);
    await agent.stop();
  });
});

describe('a Configuration', () => {
  it('gets names, its own side filled in, and both signs of readiness', async () => {
    const agent = await startAgent();
    addConfiguration(agent.api);
    await agent.settle();
    const found = configurationOf(agent);
    expect(found?.status?.remote?.cidr).toEqual({ pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] });
    expect(found?.spec?.local?.cidr).toEqual({ pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] });
    expect(found?.metadata.labels?.['configuration.liqo.io/configured']).toBe('true');
    expect(found && readConfiguration(found).ready).toBe(true);
    await agent.stop();
  });

  it('gets other names than every other one', async () => {
    const agent = await startAgent();
    for (const remote of ['milan', 'paris', 'turin']) addConfiguration(agent.api, remote);
    await agent.settle();
    const names = ['milan', 'paris', 'turin'].flatMap((remote) => {
      const { pod = [], external = [] } = configurationOf(agent, remote)?.status?.remote?.cidr ?? {};
      return [...pod, ...external];
    });
    expect(new Set(names).size).toBe(6);
    await agent.stop();
  });

  it('is told exactly why no names can be given, and gets them once that is mended', async () => {
    const agent = await startAgent();
    addConfiguration(agent.api, 'milan', { pod: ['10.80.0.0/16'], external: ['10.90.0.0/16'] });
    await agent.settle();
    expect(configurationOf(agent)?.status?.conditions).toMatchObject([
      {
        status: 'False',
        reason: 'WantedCIDRsTaken',
        message: 'the wanted pod range 10.80.0.0/16 overlaps the internal CIDR 10.80.0.0/16',
      },
    ]);
    expect(configurationOf(agent)?.status?.remote).toBeUndefined();
    expect(agent.told).toMatchObject([{ object: 'liqo-tenant-milan/milan', reason: 'WantedCIDRsTaken' }]);
    agent.api.edit<Configuration>(resources.configurations, atMilan, (draft) => {
      const wanted = encodeWantedCIDRs({ pod: ['10.81.0.0/16'], external: ['10.90.0.0/16'] });
      draft.metadata.annotations = { [annotationKeys.wantedCIDRs]: wanted };
    });
    await agent.settle();
    expect(configurationOf(agent)?.status).toMatchObject({
      remote: { cidr: { pod: ['10.81.0.0/16'] } },
      conditions: [{ status: 'True' }],
    });
    await agent.stop();
  });
});

describe('an IP object', () => {
  it('gets the next address of the external range, known to every gateway', async () => {
    const agent = await startAgent();
    addConfiguration(agent.api);
    addServer(agent.api);
    for (const ip of ['10.69.1.5', '10.69.1.6'])
      agent.api.seed(resources.ips, buildIP({ name: `ip-${ip}`, namespace: 'liqo-tenant-milan', ip }));
    await agent.settle();
    expect(agent.api.objects<IP>(resources.ips).map(({ status }) => status)).toEqual([
      { ip: '10.70.0.1', cidr: '10.70.0.0/16' },
      { ip: '10.70.0.2', cidr: '10.70.0.0/16' },
    ]);
    expect(agent.machine.gateways.get('milan')?.firewall).toContain('10.70.0.1 : 10.69.1.5, 10.70.0.2 : 10.69.1.6');
    await agent.stop();
  });
});

describe('a gateway server', () => {
  it('gets a key, an address that stays, and tells both', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    await agent.settle();
    const server = serverOf(agent);
    const secret = agent.api.object<Secret>(resources.secrets, { ...atMilan, name: 'gw-milan' });
    expect(server?.metadata.annotations?.[annotationKeys.publicKey]).toBe(secret?.data?.publicKey);
    expect(server?.status).toMatchObject({
      endpoint: { addresses: [expect.stringMatching(/^172\.30\.1\.\d+$/)], port: 51_840, protocol: 'UDP' },
      secretRef: { name: 'gw-milan', namespace: 'liqo-tenant-milan' },
    });
    expect(secret?.metadata.ownerReferences?.[0]?.uid).toBe(server?.metadata.uid);
    await agent.stop();
    const second = await startAgent({ api: agent.api });
    expect(serverOf(second)).toEqual(server);
    await second.stop();
  });

  it('announces the wished node port or address, and a free node port where none is wished', async () => {
    const agent = await startAgent();
    addServer(agent.api, 'milan', { serviceType: 'NodePort', nodePort: 30_007 });
    addServer(agent.api, 'paris', { serviceType: 'NodePort' });
    addServer(agent.api, 'turin', { loadBalancerIP: '172.30.1.77' });
    await agent.settle();
    expect(serverOf(agent)?.status?.endpoint?.port).toBe(30_007);
    expect(serverOf(agent, 'paris')?.status?.endpoint?.port).toBeGreaterThanOrEqual(30_000);
    expect(serverOf(agent, 'turin')?.status?.endpoint).toMatchObject({ addresses: ['172.30.1.77'], port: 51_840 });
    await agent.stop();
  });

  it('lets nothing pass before the remote has names', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    await agent.settle();
    expect(agent.machine.gateways.get('milan')).toMatchObject({
      nodeRoutes: [],
      firewall: expect.stringContaining('policy drop'),
    });
    addConfiguration(agent.api);
    await agent.settle();
    expect(agent.machine.gateways.get('milan')).toMatchObject({
      nodeRoutes: ['10.71.0.0/16', '10.68.0.0/16'],
      firewall: expect.stringContaining('10.71.0.0/16 : 10.244.0.0/16'),
    });
    await agent.stop();
  });

  it('keeps the names that it has while others are wanted that cannot be given', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    addConfiguration(agent.api, 'milan', { pod: ['10.81.0.0/16'], external: ['10.90.0.0/16'] });
    await agent.settle();
    agent.api.edit<Configuration>(resources.configurations, atMilan, (draft) => {
      const wanted = encodeWantedCIDRs({ pod: ['10.80.0.0/16'], external: ['10.90.0.0/16'] });
      draft.metadata.annotations = { [annotationKeys.wantedCIDRs]: wanted };
    });
    await agent.settle();
    expect(configurationOf(agent)?.status?.conditions).toMatchObject([{ status: 'False', reason: 'WantedCIDRsTaken' }]);
    expect(agent.machine.gateways.get('milan')?.nodeRoutes).toEqual(['10.81.0.0/16', '10.90.0.0/16']);
    await agent.stop();
  });

  it('follows the peer key, and takes none that is no key', async () => {
    const agent = await startAgent();
    const server = addServer(agent.api);
    addPublicKey(agent.api, server, 'AAAA');
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer).toBeUndefined();
    expect(connectionOf(agent)).toBeUndefined();
    expect(agent.told).toMatchObject([{ reason: 'KeyNotUsable', note: expect.stringContaining('spec.publicKey') }]);
    agent.api.edit<PublicKey>(resources.publicKeys, atMilan, (draft) => {
      draft.spec = { ...draft.spec, publicKey: peerKey };
    });
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer).toEqual({ publicKey: peerKey });
    await agent.stop();
  });

  it('goes with its object, together with its pings', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    await agent.settle();
    agent.api.remove(resources.gatewayServers, atMilan);
    await agent.settle();
    expect(agent.machine.gateways.size).toBe(0);
    expect(agent.pinged.at(-1)).toEqual({ call: 'stop', remote: 'milan' });
    await agent.stop();
  });

  it('made anew gets a new key in place of the one that goes with its predecessor', async () => {
    const agent = await startAgent();
    addServer(agent.api);
    await agent.settle();
    const before = serverOf(agent)?.metadata.annotations;
    agent.api.remove(resources.gatewayServers, atMilan);
    addServer(agent.api);
    await agent.settle();
    expect(serverOf(agent)?.metadata.annotations?.[annotationKeys.publicKey]).toBeDefined();
    expect(serverOf(agent)?.metadata.annotations).not.toEqual(before);
    await agent.stop();
  });
});

describe('a gateway client', () => {
  it('dials the address it was told, also by name, and follows a change', async () => {
    const agent = await startAgent();
    addPublicKey(agent.api, addClient(agent.api));
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer?.endpoint).toBe('172.30.2.9:51840');
    agent.api.edit<GatewayClient>(resources.gatewayClients, atMilan, (draft) => {
      draft.spec = { ...draft.spec, endpoint: { addresses: ['gw.example'], port: 7 } };
    });
    await agent.settle();
    expect(agent.machine.gateways.get('milan')?.wireGuard.peer?.endpoint).toBe('192.0.2.7:7');
    await agent.stop();
  });

  it('shakes hands again, soon and a few times, until the tunnel answers', async () => {
    const agent = await startAgent();
    addPublicKey(agent.api, addClient(agent.api));
    await agent.settle(1_000);
    const attempts = () => agent.machine.calls.filter(({ call }) => call === 'restartHandshake').length;
    expect(attempts()).toBeGreaterThanOrEqual(2);
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    const before = attempts();
    await agent.settle(60_000);
    expect(attempts()).toBe(before);
    agent.report('milan', { value: 'Error' });
    await agent.settle(1_000);
    expect(attempts()).toBeGreaterThan(before);
    await agent.stop();
  });
});

describe('a Connection', () => {
  it('begins with the peer, tells what the pings find, and is owned by the gateway', async () => {
    const agent = await startAgent();
    const server = addServer(agent.api);
    addPublicKey(agent.api, server);
    await agent.settle();
    expect(connectionOf(agent)).toMatchObject({
      metadata: { ownerReferences: [{ uid: server.metadata.uid }] },
      spec: { type: 'Server', gatewayRef: { kind: 'WgGatewayServer', uid: server.metadata.uid } },
      status: { value: 'Connecting' },
    });
    agent.report('milan', { value: 'Connected', latencyMs: 3.7 });
    await agent.settle();
    expect(connectionOf(agent)?.status).toEqual({
      value: 'Connected',
      latency: { value: '3ms', timestamp: expect.any(String) },
    });
    agent.report('milan', { value: 'Error' });
    await agent.settle();
    expect(connectionOf(agent)?.status).toEqual({ value: 'Error', latency: { value: 'N/A' } });
    expect(agent.machine.calls).toContainEqual({ call: 'doubt', remote: 'milan' });
    await agent.stop();
  });

  it('stays Connected over a restart of the agent, which pings again at once', async () => {
    const agent = await startAgent();
    addPublicKey(agent.api, addServer(agent.api));
    await agent.settle();
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    await agent.settle();
    const status = connectionOf(agent)?.status;
    await agent.stop();
    const second = await startAgent({ api: agent.api, machine: agent.machine });
    expect(connectionOf(second)?.status).toEqual(status);
    expect(second.pinged).toContainEqual({ call: 'begin', remote: 'milan' });
    await second.stop();
  });
});

describe('an agent with nothing to do', () => {
  it('writes nothing and touches no gateway when an object changes in a way that means nothing', async () => {
    const agent = await startAgent();
    addConfiguration(agent.api);
    addPublicKey(agent.api, addServer(agent.api));
    await agent.settle();
    agent.report('milan', { value: 'Connected', latencyMs: 1 });
    await agent.settle();
    const [written, calls] = [writes(agent.api).length, agent.machine.calls.length];
    for (const type of [resources.configurations, resources.gatewayServers, resources.publicKeys]) {
      agent.api.edit(type, atMilan, (draft) => {
        draft.metadata.labels = { ...draft.metadata.labels, somebody: 'else' };
      });
    }
    await agent.settle(20_000);
    expect([writes(agent.api).slice(written), agent.machine.calls.slice(calls)]).toEqual([[], []]);
    await agent.stop();
  });
});

function writes(api: FakeKubeApi) {
  return api.requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
}
