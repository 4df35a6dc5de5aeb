import { expect, it } from 'vitest';
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
  world.milan.servers = [];
  expect(actionWords(world.decide(), 'milan')).toContain('create GatewayServer');
  world.milan.servers = [server];
  world.rome.unreachable = undefined;
  world.settle();
  expect([...world.milan.servers, ...world.rome.clients].map(({ spec }) => spec?.mtu)).toEqual([1400, 1400]);
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
