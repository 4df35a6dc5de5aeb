import type { LiqoObject } from '@leafway/liqo';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aShortcut, type LeafWorld, World } from '../testing/world.ts';
import { writeBudget } from './write-budget.ts';

const mostInAMinute = 20;

/** Somebody who spoils one object of rome. */
type Spoil = (rome: LeafWorld) => void;

const change = (object: LiqoObject | undefined, edit: (object: LiqoObject & { spec?: object }) => void): void => {
  if (object !== undefined) edit(object);
};
const spoils: Record<string, Spoil> = {
  'edits the gateway': ({ servers, clients }) =>
    change([...servers, ...clients][0], (gateway) => {
      gateway.spec = { ...gateway.spec, mtu: 9_000 };
    }),
  'takes a label off the Configuration': ({ configurations }) =>
    change(configurations[0], ({ metadata }) => {
      metadata.labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': 'somebody' };
    }),
  'deletes the Configuration': (rome) => void rome.configurations.splice(0),
  'deletes the PublicKey': (rome) => void rome.publicKeys.splice(0),
  'plants a gateway of the other role': (rome) => {
    const [gateway] = [...rome.servers, ...rome.clients];
    const planted = rome.servers.length > 0 ? rome.clients : rome.servers;
    if (gateway === undefined || planted.length > 0) return;
    const kind = gateway.kind === 'GatewayServer' ? 'GatewayClient' : 'GatewayServer';
    planted.push({
      ...structuredClone(gateway),
      kind,
      metadata: { ...structuredClone(gateway.metadata), uid: kind },
    } as never);
  },
  'looks on': () => undefined,
};

/** Every write on rome, as `kind` and when. */
function run(steps: readonly (readonly [string, number])[]): Map<string, number[]> {
  const world = new World();
  world.settle();
  const written = new Map<string, number[]>();
  for (const [spoil, afterMs] of steps) {
    spoils[spoil]?.(world.rome);
    const { actions } = world.pass(afterMs / 1_000);
    for (const action of actions.get('rome') ?? []) {
      if (action.kind === 'readKey') continue;
      const name = action.kind === 'delete' ? `delete ${action.object.kind}` : action.object.kind;
      written.set(name, [...(written.get(name) ?? []), world.nowMs]);
    }
  }
  return written;
}

const mostWithinAMinute = (atMs: readonly number[]): number =>
  Math.max(0, ...atMs.map((start) => atMs.filter((at) => at >= start && at < start + 60_000).length));

describe('the writes of one object', () => {
  it('are never more than twenty in a minute, whatever somebody does, and how fast', () => {
    const steps = fc.array(
      fc.tuple(
        fc.constantFrom(...Object.keys(spoils)),
        fc.oneof(fc.constant(5), fc.nat({ max: 2_000 }), fc.nat({ max: 90_000 })),
      ),
      { minLength: 20, maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (taken) => {
        for (const atMs of run(taken).values()) expect(mostWithinAMinute(atMs)).toBeLessThanOrEqual(mostInAMinute);
      }),
      { numRuns: 30 },
    );
  });

  it.each(Object.keys(spoils).slice(0, -1))('become few where somebody %s without end', (spoil) => {
    const steps = Array.from({ length: 600 }, () => [spoil, 1_000] as const);
    const [atMs = []] = run(steps).values();
    expect(atMs.length).toBeGreaterThanOrEqual(writeBudget.free);
    // Ten at once, and then after 5, 10, 20 … seconds: ten minutes have room for seventeen.
    expect(atMs.length).toBeLessThanOrEqual(17);
  });
});

describe('a repair that loops', () => {
  const fight = (world: World, times: number): void => {
    for (let time = 0; time < times; time += 1) {
      change(world.rome.configurations[0], ({ metadata }) => {
        metadata.labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': 'somebody' };
      });
      world.pass(1);
    }
  };
  const ready = (world: World) => world.decide().verdicts.find(({ type }) => type === 'Ready');
  const aFight = (times: number): World => {
    const world = new World();
    world.settle();
    world.nowMs += 120_000;
    fight(world, times);
    return world;
  };

  it('is called one, with the object, and the link goes on', () => {
    expect(ready(aFight(9))).toMatchObject({ status: 'True', reason: 'Ready' });
    expect(ready(aFight(11))).toMatchObject({
      status: 'True',
      reason: 'RepairLoop',
      message: expect.stringMatching(
        /Configuration liqo-tenant-milan\/milan on rome is changed or removed by somebody else/,
      ),
    });
  });

  it('names who it is, when the cluster tells', () => {
    const world = aFight(11);
    world.rome.writes = new Map([...world.rome.writes].map(([key, one]) => [key, { ...one, manager: 'argocd' }]));
    expect(ready(world)?.message).toContain('by argocd as often');
  });

  it('is repaired when its time comes, and looked at then though nothing happens', () => {
    const world = aFight(12);
    const { actions, wakeUpAfterMs = 0 } = world.decide();
    expect(actions.size).toBe(0);
    expect(wakeUpAfterMs).toBeGreaterThan(0);
    expect(wakeUpAfterMs).toBeLessThanOrEqual(writeBudget.firstDelayMs);
    expect(world.pass(wakeUpAfterMs / 1_000).actions.size).toBe(1);
  });

  it('is over when the object has stayed as it is for long, and then its repairs are free again', () => {
    const world = aFight(10);
    const { wakeUpAfterMs = 0 } = world.pass(0);
    world.pass(wakeUpAfterMs / 1_000 - 1);
    expect(ready(world)?.reason).toBe('RepairLoop');
    world.pass(1);
    expect(ready(world)?.reason).toBe('Ready');
    fight(world, 1);
    expect(world.decide().actions.size).toBe(0);
  });

  it('is forgotten when somebody wants something else', () => {
    const world = aFight(14);
    world.shortcut = aShortcut({ spec: { gateway: { mtu: 1400 } }, metadata: { generation: 2 } });
    expect(
      world
        .decide()
        .actions.get('rome')
        ?.map(({ kind }) => kind),
    ).toEqual(['patch', 'patch']);
  });
});
