import { describe, expect, it } from 'vitest';
import { aLeafCluster, World } from '../testing/world.ts';
import { mostStatusWrites, statusDelayMs, statusOf } from './status.ts';

const noon = new Date('2026-11-21T12:00:00Z');
const later = new Date('2026-11-21T13:00:00Z');

/** A world that runs, with its status written. */
function aWorldWithStatus(): World {
  const world = new World();
  world.settle();
  world.shortcut.status = statusOf(world.shortcut, world.decide(), noon);
  return world;
}

describe('the status of a shortcut', () => {
  it('says what each side calls the other', () => {
    const { status } = aWorldWithStatus().shortcut;
    expect(status?.phase).toBe('Ready');
    expect(status?.clusters).toMatchObject([
      {
        id: 'rome',
        podCIDRs: ['10.244.0.0/16'],
        remappedPodCIDRs: ['10.71.0.0/16'],
        connection: { status: 'Connected' },
      },
      {
        id: 'milan',
        podCIDRs: ['10.244.0.0/16'],
        remappedPodCIDRs: ['10.71.0.0/16'],
        connection: { status: 'Connected' },
      },
    ]);
    expect(status?.objects?.map(({ origin }) => origin)).toEqual(Array(8).fill('Created'));
  });

  it('does not move while nothing happens, whatever the time and the latency', () => {
    const world = aWorldWithStatus();
    for (const leaf of [world.rome, world.milan]) {
      leaf.connections = leaf.connections.map((connection) => ({
        ...connection,
        status: { value: 'Connected', latency: { value: '9ms', timestamp: 'another' } },
      }));
    }
    expect(statusOf(world.shortcut, world.decide(), later)).toEqual(world.shortcut.status);
  });

  it('keeps the reason for which the roles were given', () => {
    const world = new World();
    world.shortcut.status = statusOf(world.shortcut, world.decide(), noon);
    const reasons = () => world.shortcut.status?.clusters?.map(({ roleReason }) => roleReason);
    const first = reasons();
    expect(first?.[0]).toContain('first by name');
    world.settle();
    world.shortcut.status = statusOf(world.shortcut, world.decide(), later);
    expect(reasons()).toEqual(first);
  });

  it('is Degraded, not Connecting, when a link that was Ready fails', () => {
    const world = aWorldWithStatus();
    world.rome.connections = [];
    expect(statusOf(world.shortcut, world.decide(), later)).toMatchObject({ phase: 'Degraded' });
  });

  it('still says what there is when the shortcut is refused later', () => {
    const world = aWorldWithStatus();
    world.centralClusterID = 'rome';
    const status = statusOf(world.shortcut, world.decide(), later);
    expect(status.phase).toBe('Refused');
    expect(status.objects).toEqual(world.shortcut.status?.objects);
  });

  it.each(['networks', 'remainder'])('is Waiting, not Refused, for what comes by itself: %s', (what) => {
    const entry = { apiVersion: 'v1', kind: 'Namespace', name: 'x', uid: 'u', remoteClusterID: 'milan' };
    const pendingCleanup = [{ ...entry, shortcut: { name: 'old', uid: 'o' } }];
    const world = new World(
      aLeafCluster('rome', { status: what === 'networks' ? { networks: undefined } : { pendingCleanup } }),
    );
    const { phase, conditions } = statusOf(world.shortcut, world.decide(), noon);
    expect([phase, conditions?.find(({ type }) => type === 'Accepted')?.status]).toEqual(['Waiting', 'False']);
  });

  it('keeps the report on a leaf that was not read since the controller started', () => {
    const world = aWorldWithStatus();
    world.rome.isRead = false;
    world.rome.unreachable = 'connection refused';
    const { objects } = statusOf(world.shortcut, world.decide(), later);
    expect(objects).toEqual(world.shortcut.status?.objects);
  });

  it.each([{ port: 51_900 }, { type: 'NodePort' as const, nodePort: 31_000 }])(
    'counts %j as observed only when the server announces it',
    (service) => {
      const world = aWorldWithStatus();
      const { shortcut } = world;
      world.shortcut = {
        ...shortcut,
        ...{ metadata: { ...shortcut.metadata, generation: 2 }, spec: { ...shortcut.spec, gateway: { service } } },
      };
      world.milan.perform(world.decideAndRemember().actions.get('milan') ?? []);
      expect(world.decide().actions.size).toBe(0);
      expect(statusOf(world.shortcut, world.decide(), later).observedGeneration).toBe(1);
      world.milan.work();
      world.settle();
      expect(statusOf(world.shortcut, world.decide(), later).observedGeneration).toBe(2);
    },
  );

  it('counts a generation as observed only when everything could be done', () => {
    const world = aWorldWithStatus();
    world.shortcut.metadata.generation = 2;
    const decision = world.decide();
    expect(statusOf(world.shortcut, { ...decision, unfinished: true }, later).observedGeneration).toBe(1);
    expect(statusOf(world.shortcut, decision, later).observedGeneration).toBe(2);
    world.rome.unreachable = 'connection refused';
    expect(statusOf(world.shortcut, world.decide(), later).observedGeneration).toBe(1);
  });

  it('leaves the conditions of others as they are', () => {
    const world = aWorldWithStatus();
    const theirs = { type: 'Theirs', status: 'True', reason: 'X', message: 'x', lastTransitionTime: 'then' } as const;
    const { status } = world.shortcut;
    world.shortcut.status = { ...status, conditions: [...(status?.conditions ?? []), theirs] };
    expect(statusOf(world.shortcut, world.decide(), later)).toEqual(world.shortcut.status);
  });

  it('has room, whatever number of objects a leaf has under the labels of a link', () => {
    const world = aWorldWithStatus();
    const [key] = world.rome.publicKeys;
    if (key === undefined) throw new Error('no PublicKey on rome');
    world.rome.publicKeys = Array.from({ length: 100 }, (_, n) => ({
      ...key,
      metadata: { ...key.metadata, name: `${n}` },
    }));
    expect(statusOf(world.shortcut, world.decide(), later).objects?.length).toBeLessThanOrEqual(64);
  });

  it('names an object of somebody else as observed', () => {
    const world = aWorldWithStatus();
    delete world.rome.configurations[0]?.metadata.labels?.['leafway.dev/shortcut-uid'];
    const origins = statusOf(world.shortcut, world.decide(), later).objects?.map(
      ({ kind, origin }) => `${kind} ${origin}`,
    );
    expect(origins).toContain('Configuration Observed');
  });
});

describe('a change of the status', () => {
  it('waits, whatever it is, when so many were written that somebody plays with us', () => {
    const writtenMs = Array.from({ length: mostStatusWrites }, (_, n) => n * 100);
    expect(statusDelayMs({}, { phase: 'Ready' }, writtenMs, 6_000)).toBe(4_900);
    expect(statusDelayMs({}, { phase: 'Ready' }, writtenMs, 60_000)).toBe(0);
  });

  const ready = aWorldWithStatus().shortcut.status ?? {};
  const step = { ...ready, clusters: [] };

  it('waits for others when it is but a step on the way', () => {
    expect(statusDelayMs(ready, step, [0], 100)).toBe(200);
    expect(statusDelayMs(ready, step, [0], 5_000)).toBe(0);
  });

  it('says Ready of a new spec only when that is carried out', () => {
    const world = aWorldWithStatus();
    world.shortcut.metadata.generation = 2;
    const decision = { ...world.decide(), unfinished: true };
    const seen = statusOf(world.shortcut, decision, later).conditions?.map((one) => [one.type, one.observedGeneration]);
    expect(Object.fromEntries(seen ?? [])).toMatchObject({ Accepted: 2, Ready: 1 });
  });

  it('is written at once when somebody waits for it', () => {
    const milestones = [
      { ...ready, phase: 'Degraded' },
      { ...ready, observedGeneration: 2 },
      {
        ...ready,
        conditions:
          ready.conditions?.map((one) => (one.type === 'Ready' ? { ...one, status: 'False' as const } : one)) ?? [],
      },
      { ...ready, lastRepair: { time: 'now', cluster: 'rome', kind: 'PublicKey', name: 'milan', message: 'gone' } },
    ];
    expect(milestones.map((next) => statusDelayMs(ready, next, [0], 0))).toEqual([0, 0, 0, 0]);
    expect(statusDelayMs(undefined, ready, [], 0)).toBe(0);
  });
});
