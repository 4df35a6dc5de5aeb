import { describe, expect, it } from 'vitest';
import { aShortcut, World } from '../testing/world.ts';
import { repairMessage } from './repair.ts';

function aRunningWorld(): World {
  const world = new World();
  world.settle();
  return world;
}

/** What a decision restores on that leaf, in words. */
function repairsOn(world: World, leaf: string): string[] {
  return (world.decide().repairs.get(leaf) ?? []).map((repair) => repairMessage(repair, leaf));
}

describe('a repair', () => {
  it('is told of every object that somebody deleted, and only until it is done', () => {
    const world = aRunningWorld();
    world.rome.configurations = [];
    world.rome.publicKeys = [];
    expect(repairsOn(world, 'rome')).toEqual([
      'Configuration liqo-tenant-milan/milan on rome was deleted by somebody else, and was restored.',
      'PublicKey liqo-tenant-milan/milan on rome was deleted by somebody else, and was restored.',
    ]);
    world.settle();
    expect(repairsOn(world, 'rome')).toEqual([]);
  });

  it('names the fields that somebody changed', () => {
    const world = aRunningWorld();
    const [configuration] = world.rome.configurations;
    if (configuration?.spec?.remote?.cidr === undefined) throw new Error('no Configuration');
    configuration.spec.remote.cidr.pod = ['10.0.0.0/8'];
    expect(repairsOn(world, 'rome')).toEqual([
      'Configuration liqo-tenant-milan/milan on rome was changed in spec.remote.cidr.pod by somebody else, and was restored.',
    ]);
  });

  it('is not what a new spec brings', () => {
    const world = aRunningWorld();
    world.shortcut = aShortcut({ spec: { gateway: { mtu: 1400 } } });
    expect(world.decide().actions.size).toBe(2);
    expect([...world.decide().repairs]).toEqual([]);
    world.settle();
    expect([...world.decide().repairs]).toEqual([]);
  });

  it('is not a swap of the roles, forth and back', () => {
    const world = aRunningWorld();
    for (const server of ['rome', 'milan', 'rome']) {
      world.shortcut = aShortcut({ spec: { gateway: { server } } });
      for (let rounds = 0; rounds < 10; rounds += 1) {
        const { actions, repairs } = world.decideAndRemember();
        expect([...repairs]).toEqual([]);
        for (const leaf of [world.rome, world.milan]) {
          leaf.perform(actions.get(leaf.id) ?? []);
          leaf.work();
        }
      }
      expect(world.decide().actions.size).toBe(0);
    }
  });

  it('is not told by who has just started and finds something missing', () => {
    const world = aRunningWorld();
    world.rome.settled = new Map();
    world.rome.configurations = [];
    expect(world.decide().actions.get('rome')).toHaveLength(1);
    expect(repairsOn(world, 'rome')).toEqual([]);
  });

  it('counts an object as deleted whose deletion took its time', () => {
    const world = aRunningWorld();
    const [server] = world.milan.servers;
    if (server === undefined) throw new Error('no server on milan');
    server.metadata.deletionTimestamp = '2026-11-21T10:00:00Z';
    world.decideAndRemember();
    world.milan.servers = [];
    expect(repairsOn(world, 'milan')).toEqual([
      'GatewayServer liqo-tenant-rome/rome on milan was deleted by somebody else, and was restored.',
    ]);
  });
});
