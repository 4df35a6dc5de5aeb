import { describe, expect, it } from 'vitest';
import { actionWords, aLeafCluster, aShortcut, World } from '../testing/world.ts';

it.each(['rome', 'milan'] as const)('the server moves to the other leaf only when %s answers too', (away) => {
  const world = new World();
  world.settle();
  expect(world.milan.servers).toHaveLength(1);
  world.shortcut = aShortcut({ spec: { gateway: { server: 'rome' } }, metadata: { generation: 2 } });
  world[away].unreachable = 'it does not answer';
  for (const leaf of ['rome', 'milan']) expect(actionWords(world.decide(), leaf)).toEqual([]);
  world[away].unreachable = undefined;
  world.settle();
  expect(world.rome.servers).toHaveLength(1);
});

it.each(['away', 'paused'] as const)(
  'a link that shall have other roles is told with those that it has while %s',
  (why) => {
    const world = new World();
    world.settle();
    const paused = why === 'paused';
    world.shortcut = aShortcut({ spec: { gateway: { server: 'rome' }, paused }, metadata: { generation: 2 } });
    if (!paused) world.rome.unreachable = 'it does not answer';
    const { sides, verdicts } = world.decide();
    expect(sides?.map(({ role }) => role)).toEqual(['Client', 'Server']);
    expect(verdicts.find(({ type }) => type === 'Connected')?.status).toBe('True');
  },
);

it('a gateway gets what is wanted of it now only when the other end can follow, and is looked after until then', () => {
  const world = new World();
  world.settle();
  const wished = (mtu: number, generation: number) =>
    aShortcut({ spec: { gateway: { mtu } }, metadata: { generation }, status: { observedGeneration: 1 } });
  world.shortcut = wished(1340, 1);
  world.settle();
  world.rome.unreachable = 'it does not answer';
  const [server] = world.milan.servers;
  if (server?.spec === undefined) throw new Error('milan has no server');
  server.spec.mtu = 1300;
  expect(actionWords(world.decide(), 'milan')).toEqual(['patch GatewayServer']);
  server.spec.mtu = 1340;
  world.shortcut = wished(1400, 2);
  expect(actionWords(world.decide(), 'milan')).toEqual([]);
  expect(world.decide().verdicts.find(({ type }) => type === 'LeavesReachable')?.message).toMatch(
    /What was changed in the spec of this shortcut is carried out then\.$/,
  );
  world.milan.servers = [];
  expect(actionWords(world.decide(), 'milan')).toContain('create GatewayServer');
  world.milan.servers = [server];
  world.rome.unreachable = undefined;
  world.settle();
  expect([...world.milan.servers, ...world.rome.clients].map(({ spec }) => spec?.mtu)).toEqual([1400, 1400]);
});

it('a gateway waits for the other end also with a change that was refused at first', () => {
  const world = new World();
  world.settle();
  world.rome.unreachable = 'it does not answer';
  const gateway = { service: { port: 51_900 } };
  world.shortcut = aShortcut({ spec: { gateway }, metadata: { generation: 2 }, status: { observedGeneration: 2 } });
  expect(actionWords(world.decide(), 'milan')).toEqual([]);
});

it('a gateway is repaired while the other end is away, although something else of the spec was changed', () => {
  const world = new World();
  world.settle();
  const wished = (generation: number, more: object) =>
    aShortcut({ spec: more, metadata: { generation }, status: { observedGeneration: 1 } });
  world.rome.unreachable = 'it does not answer';
  world.shortcut = wished(2, { deletionPolicy: 'Orphan' });
  world.pass(1);
  const [server] = world.milan.servers;
  if (server?.spec === undefined) throw new Error('milan has no server');
  server.spec.mtu = 1300;
  expect(actionWords(world.decide(), 'milan')).toEqual(['patch GatewayServer']);
});

describe('a change of the gateways that the other end needs nothing more for is carried out while that is away', () => {
  const wished = (gateway: object, generation: number) =>
    aShortcut({ spec: { gateway }, metadata: { generation }, status: { observedGeneration: 1 } });
  const mtus = ({ rome, milan }: World) => [...milan.servers, ...rome.clients].map(({ spec }) => spec?.mtu);

  /** Only one leaf takes it before the other one is away. */
  function halfChanged(first: 'rome' | 'milan', away: 'rome' | 'milan'): World {
    const world = new World();
    world.settle();
    world.shortcut = wished({ mtu: 1400 }, 2);
    world[first].perform(world.decideAndRemember().actions.get(first) ?? []);
    world[away].unreachable = 'it does not answer';
    return world;
  }

  it.each(['rome', 'milan'] as const)('when %s has it', (first) => {
    const world = halfChanged(first, first);
    world.pass(1);
    expect(mtus(world)).toEqual([1400, 1400]);
  });

  it('when it is taken back before the other end had it', () => {
    const world = halfChanged('milan', 'rome');
    world.pass(1);
    world.shortcut = wished({}, 3);
    world.pass(1);
    expect(mtus(world)).toEqual([1340, 1340]);
  });

  it('when it is where the client finds a server that moved', () => {
    const world = new World();
    world.settle();
    world.milan.unreachable = 'it does not answer';
    world.shortcut = wished({ client: { address: '203.0.113.7' } }, 2);
    world.pass(1);
    expect(world.rome.clients[0]?.spec?.endpoint?.addresses).toEqual(['203.0.113.7']);
  });

  it('but not when the server is wanted elsewhere too', () => {
    const world = new World();
    world.settle();
    world.milan.unreachable = 'it does not answer';
    world.shortcut = wished({ client: { port: 51_999 }, service: { port: 51_999 } }, 2);
    expect(actionWords(world.pass(1), 'rome')).toEqual([]);
    world.milan.unreachable = undefined;
    world.rome.unreachable = 'it does not answer';
    expect(actionWords(world.pass(1), 'milan')).toEqual([]);
  });
});

it('a server that somebody deletes is made again where it was, although another leaf would be elected today', () => {
  const serving = (count: number): object => ({
    status: {
      gateways: Array.from({ length: count }, (_, index) => ({ remoteClusterID: `other-${index}`, role: 'Server' })),
    },
  });
  const world = new World(aLeafCluster('rome', serving(1)), aLeafCluster('milan', serving(2)));
  world.settle();
  expect(world.rome.servers).toHaveLength(1);
  world.rome.leafCluster = aLeafCluster('rome', serving(3));
  world.rome.servers = [];
  expect(actionWords(world.decide(), 'rome')).toContain('create GatewayServer');
  expect(actionWords(world.decide(), 'milan')).toEqual([]);
});
