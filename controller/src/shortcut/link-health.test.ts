import { annotationKeys, encodeProbe, type Probe } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut, type LeafWorld, passed, World } from '../testing/world.ts';
import { trialsFromStatus } from './direct-path.ts';
import { noHistory } from './link-health.ts';
import { statusOf } from './status.ts';

function aRunningWorld(...leaves: ConstructorParameters<typeof World>): World {
  const world = new World(...leaves);
  world.settle();
  world.nowMs += 120_000;
  return world;
}

function setProbe(leaf: LeafWorld, probe: Partial<Probe>): void {
  leaf.connections = leaf.connections.map((connection) => ({
    ...connection,
    metadata: { ...connection.metadata, annotations: { [annotationKeys.probe]: encodeProbe({ ...passed, ...probe }) } },
  }));
}

function setConnections(world: World, value: 'Connected' | 'Error'): void {
  for (const leaf of [world.rome, world.milan]) {
    leaf.connections = leaf.connections.map((connection) => ({
      ...connection,
      status: { value, latency: { value: '1ms', timestamp: 'now' } },
    }));
  }
}

const find = (world: World, wanted: string) => world.decide().verdicts.find(({ type }) => type === wanted);
const report = (world: World, at: string) => {
  world.shortcut.status = statusOf(world.shortcut, world.decideAndRemember(), new Date(at));
  return world.shortcut.status;
};

describe('a link that works in part', () => {
  it('says that it is the size of packets, and is Degraded though it never was Ready', () => {
    const world = aRunningWorld();
    setProbe(world.rome, { large: 'Failed' });
    expect(find(world, 'Connected')).toMatchObject({ status: 'False', reason: 'LargePacketsLost' });
    expect(find(world, 'Ready')).toMatchObject({ status: 'False', reason: 'Degraded' });
    expect(report(world, '2026-11-21T12:00:00Z').phase).toBe('Degraded');
  });

  it('says that it is one way alone, as soon as that is sure', () => {
    const world = aRunningWorld();
    world.pass(0);
    setProbe(world.rome, { small: 'Failed', large: 'Failed' });
    expect(world.pass(0).verdicts.find(({ type }) => type === 'Connected')?.reason).toBe('ProbeFailed');
    expect(world.decide().wakeUpAfterMs).toBe(30_000);
    const sure = world.pass(30).verdicts.find(({ type }) => type === 'Connected');
    expect(sure).toMatchObject({
      reason: 'OneWay',
      message: expect.stringContaining("from rome to milan's pod network"),
    });
    setProbe(world.milan, { small: 'Failed', large: 'Failed' });
    expect(find(world, 'Connected')?.reason).toBe('ProbeFailed');
  });

  it('tells where packets get lost, since when, and what to do', () => {
    const world = aRunningWorld();
    report(world, '2026-11-21T12:00:00Z');
    setConnections(world, 'Error');
    report(world, '2026-11-21T12:05:00Z');
    setProbe(world.rome, { small: 'Failed' });
    setConnections(world, 'Connected');
    const conditions = report(world, '2026-11-21T12:09:00Z').conditions ?? [];
    expect(conditions.find(({ type }) => type === 'Connected')).toMatchObject({
      status: 'False',
      reason: 'ProbeFailed',
      lastTransitionTime: '2026-11-21T12:05:00Z',
    });
    setConnections(world, 'Error');
    expect(find(world, 'Connected')?.message).toBe(
      'The connection on rome says Error. Check that UDP packets from rome reach 172.30.0.9:51840 on milan: firewalls, security groups, NAT (spec.gateway.client).',
    );
  });
});

describe('a link that comes and goes', () => {
  const flap = (world: World, times: number): void => {
    for (let time = 0; time < times; time += 1) {
      setConnections(world, 'Error');
      world.pass(5);
      setConnections(world, 'Connected');
      world.pass(5);
    }
  };

  it('is not Ready while it is up, until it has held for two minutes', () => {
    const world = aRunningWorld();
    world.pass(0);
    flap(world, 3);
    expect(find(world, 'Ready')?.status).toBe('True');
    flap(world, 1);
    expect(find(world, 'Connected')).toMatchObject({ status: 'False', reason: 'Unstable' });
    expect(find(world, 'Ready')).toMatchObject({ status: 'False', reason: 'Degraded' });
    expect(world.decide().wakeUpAfterMs).toBeLessThanOrEqual(120_000);
    world.pass(119);
    expect(find(world, 'Ready')?.status).toBe('False');
    world.pass(1);
    expect(find(world, 'Ready')?.status).toBe('True');
  });

  it('does not change its status meanwhile', () => {
    const world = aRunningWorld();
    world.pass(0);
    flap(world, 4);
    const said = [report(world, '2026-11-21T12:00:00Z').conditions];
    for (const value of ['Error', 'Connected', 'Error', 'Connected'] as const) {
      setConnections(world, value);
      world.pass(5);
      said.push(report(world, '2026-11-21T13:00:00Z').conditions);
    }
    expect(new Set(said.map((each) => JSON.stringify(each))).size).toBe(1);
  });
});

describe('a gateway server that is not reached', () => {
  const minutes = 60;
  const notReached = (world: World, times: number): void => {
    for (let time = 0; time < times; time += 1) {
      world.pass(minutes);
      world.rome.work();
      world.milan.work();
      setConnections(world, 'Error');
    }
  };
  /** Its gateways never heard each other. */
  const aBlockedWorld = (world = new World()): World => {
    world.settle();
    setConnections(world, 'Error');
    world.link = noHistory;
    return world;
  };
  const serverOf = (world: World): string | undefined =>
    world.decide().sides?.find(({ role }) => role === 'Server')?.leaf.id;

  it('is given up for the other one, which takes over, and when that is no better it is said what would help', () => {
    const world = aBlockedWorld();
    expect(serverOf(world)).toBe('milan');
    notReached(world, 8);
    expect(serverOf(world)).toBe('rome');
    expect([world.rome.servers.length, world.milan.servers.length]).toEqual([1, 0]);
    expect(world.decide().roleReason).toBe('the gateway server of milan could not be reached');
    notReached(world, 10);
    expect(find(world, 'Connected')).toMatchObject({
      status: 'False',
      reason: 'DirectPathUnavailable',
      message:
        'There is no direct way: the gateway server of rome was not reached; the gateway server of milan was not reached. ' +
        'Traffic stays on the path through the central cluster. To help, let UDP packets from milan reach 172.30.0.9:51840 on rome, ' +
        'where the server goes on waiting, or set spec.gateway.address of a LeafCluster to where the other leaf reaches it (behind NAT).',
    });
    notReached(world, 100);
    expect(serverOf(world)).toBe('rome');
    expect(world.decide().actions.size).toBe(0);
  });

  it('that is dialled elsewhere than it says is told with where it is dialled', () => {
    const world = new World();
    world.shortcut = aShortcut({ spec: { gateway: { client: { address: '203.0.113.7' } } } });
    aBlockedWorld(world);
    notReached(world, 8);
    notReached(world, 10);
    expect(find(world, 'Connected')?.message).toContain('let UDP packets from milan reach 203.0.113.7:51840 on rome');
  });

  it('is not given up where the other may not serve, or another is wished for', () => {
    const [unwilling, wished] = [new World(), new World()];
    const { leafCluster } = unwilling.rome;
    if (leafCluster !== undefined) leafCluster.spec.gateway = { mayServe: false };
    wished.shortcut = aShortcut({ spec: { gateway: { server: 'milan' } } });
    for (const [world, why] of [
      [unwilling, 'rome may not serve'],
      [wished, 'rome is not to serve by spec.gateway.server'],
    ] as const) {
      notReached(aBlockedWorld(world), 10);
      expect(serverOf(world)).toBe('milan');
      const message = expect.stringContaining(why);
      expect(find(world, 'Connected')).toMatchObject({ reason: 'DirectPathUnavailable', message });
    }
  });

  it('gets another turn when somebody names its address', () => {
    const world = aBlockedWorld();
    notReached(world, 20);
    expect(serverOf(world)).toBe('rome');
    const { leafCluster } = world.milan;
    if (leafCluster !== undefined) leafCluster.spec.gateway = { address: '203.0.113.7' };
    notReached(world, 1);
    expect(serverOf(world)).toBe('milan');
  });

  it('works again as soon as it is reached, whatever was said of it', () => {
    const world = aBlockedWorld();
    notReached(world, 20);
    world.pass(300);
    setConnections(world, 'Connected');
    expect(find(world, 'Ready')?.status).toBe('True');
  });

  it('is missed on the condition of the gateways when it gets no address', () => {
    const world = new World();
    world.settle();
    world.link = noHistory;
    for (let time = 0; time < 20; time += 1) {
      for (const { servers } of [world.rome, world.milan]) for (const server of servers) delete server.status;
      world.pass(minutes);
    }
    expect(find(world, 'GatewaysReady')).toMatchObject({
      reason: 'DirectPathUnavailable',
      message: expect.stringContaining('(type LoadBalancer, UDP port 51840) gets no address on rome, or set'),
    });
  });

  it('is known of by a controller that starts, from the status alone', () => {
    const world = aBlockedWorld();
    notReached(world, 20);
    report(world, '2026-11-21T12:00:00Z');
    const situations = new Map([
      ['rome', 'r'],
      ['milan', 'm'],
    ]);
    expect([...trialsFromStatus(world.shortcut, situations).failed.keys()]).toEqual(['rome', 'milan']);
    expect(trialsFromStatus(aShortcut(), situations).failed.size).toBe(0);
  });
});

describe('a link whose leaves have other ranges than when it was made', () => {
  it('says so where Liqo does not follow', () => {
    const real = '10.200.0.0/16';
    const former = { cidr: '10.71.0.0/16', owner: "name of milan's pods", remoteClusterID: 'milan', real };
    const rome = aLeafCluster('rome', { dataPlane: 'Liqo' });
    rome.status?.networks?.inUse?.push(former);
    const world = aRunningWorld(rome, aLeafCluster('milan'));
    expect(find(world, 'NetworkConfigured')).toMatchObject({
      status: 'False',
      reason: 'RangesChanged',
      message: expect.stringMatching(
        /^The ranges of milan are 10\.244\.0\.0\/16, .* rome has names for 10\.200\.0\.0\/16/,
      ),
    });
  });

  it('follows where our agent does', () => {
    const world = aRunningWorld();
    const changed = aLeafCluster('milan', { podCIDR: '10.200.0.0/16' });
    world.milan.leafCluster = changed;
    world.settle();
    expect(world.rome.configurations[0]?.spec?.remote?.cidr?.pod).toEqual(['10.200.0.0/16']);
    expect(find(world, 'Ready')?.status).toBe('True');
  });
});
