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
