import { annotationKeys } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut, type LeafWorld, verdictWords, World } from '../testing/world.ts';
import { keyRotationEvents } from './events.ts';
import { rotateKeysAnnotation } from './key-rotation.ts';
import { KeyRotationTurns } from './key-rotation-turns.ts';
import { statusOf } from './status.ts';

const gatewayOf = ({ servers, clients }: LeafWorld) => [...servers, ...clients][0];
const said = (leaf: LeafWorld, key: string) => gatewayOf(leaf)?.metadata.annotations?.[key];
const keysOf = ({ rome, milan }: World) => [rome, milan].map((leaf) => said(leaf, annotationKeys.publicKey));
const knownKeysOf = ({ rome, milan }: World) => [milan, rome].map(({ publicKeys: [found] }) => found?.spec?.publicKey);
const stateOf = (world: World) => world.decide().keyRotation?.state;

/** A link that works, of which nothing is asked. */
function aLink(...leaves: ConstructorParameters<typeof World>): World {
  const world = new World(...leaves);
  world.settle();
  writeStatus(world);
  return world;
}

function writeStatus(world: World): void {
  world.shortcut = { ...world.shortcut, status: statusOf(world.shortcut, world.decide(), world.now) };
}

function ask(world: World, value = 'please'): void {
  const { metadata } = world.shortcut;
  const annotations = { ...metadata.annotations, [rotateKeysAnnotation]: value };
  world.shortcut = { ...world.shortcut, metadata: { ...metadata, annotations } };
}

function every(world: World, interval: string): void {
  world.shortcut = { ...world.shortcut, spec: { ...world.shortcut.spec, gateway: { keyRotation: { interval } } } };
}

/** One round of the controller and both agents. */
function round(world: World): void {
  const { actions } = world.decideAndRemember();
  for (const leaf of [world.rome, world.milan]) leaf.perform(actions.get(leaf.id) ?? []);
  for (const leaf of [world.rome, world.milan]) leaf.work();
}

describe('the keys of a link', () => {
  it('stay while nobody asks for others', () => {
    const world = aLink();
    expect([stateOf(world), world.shortcut.status?.keyRotation]).toEqual(['None', undefined]);
  });

  it('become others on both sides when that is asked for, once for each value', () => {
    const world = aLink();
    const before = keysOf(world);
    ask(world);
    world.settle();
    writeStatus(world);
    const after = keysOf(world);
    expect(after.filter((key) => before.includes(key))).toEqual([]);
    expect(knownKeysOf(world)).toEqual(after);
    expect(world.shortcut.status?.keyRotation).toEqual({ lastTime: '2026-11-21T12:00:00Z', request: 'please' });
    expect([world.decide().actions.size, stateOf(world)]).toEqual([0, 'None']);
    ask(world, 'again');
    world.settle();
    expect(keysOf(world).filter((key) => after.includes(key))).toEqual([]);
  });

  it('change one after the other, the server first, and the link is Ready all the time', () => {
    const world = aLink();
    const [server, client] = world.rome.servers.length === 1 ? [world.rome, world.milan] : [world.milan, world.rome];
    const before = said(client, annotationKeys.publicKey);
    ask(world);
    let rounds = 0;
    for (; stateOf(world) === 'Rotating'; rounds += 1) {
      expect(verdictWords(world.decide())).toContain('Ready=True Ready');
      const isServerDone = said(server, annotationKeys.rotatedKey) !== undefined;
      if (!isServerDone) expect(said(client, annotationKeys.rotateKey)).toBeUndefined();
      if (!isServerDone) expect(said(client, annotationKeys.publicKey)).toBe(before);
      round(world);
    }
    expect(rounds).toBeLessThan(12);
    expect(said(client, annotationKeys.publicKey)).not.toBe(before);
  });

  it('are used only once the peer is prepared for that very key', () => {
    const world = aLink();
    ask(world);
    let uses = 0;
    for (let rounds = 0; stateOf(world) === 'Rotating' && rounds < 20; rounds += 1) {
      const { actions } = world.decide();
      for (const [leaf, peer] of [
        [world.rome, world.milan],
        [world.milan, world.rome],
      ] as const) {
        const orders = JSON.stringify(actions.get(leaf.id) ?? []);
        if (!orders.includes(annotationKeys.useKey.replace('/', '~1'))) continue;
        expect(said(peer, annotationKeys.preparedForKey)).toBe(said(leaf, annotationKeys.nextPublicKey));
        uses += 1;
      }
      round(world);
    }
    expect(uses).toBe(2);
    expect(stateOf(world)).toBe('None');
  });

  it('are exchanged to the end by whoever looks next, at whatever point the controller stopped', () => {
    for (let stopAfter = 0; stopAfter < 10; stopAfter += 1) {
      const world = aLink();
      const before = keysOf(world);
      ask(world);
      for (let rounds = 0; rounds < stopAfter; rounds += 1) round(world);
      for (const leaf of [world.rome, world.milan]) leaf.settled = new Map();
      world.settle();
      writeStatus(world);
      expect(keysOf(world).filter((key) => before.includes(key))).toEqual([]);
      expect([knownKeysOf(world), stateOf(world)]).toEqual([keysOf(world), 'None']);
    }
  });

  it('that were begun to be exchanged are so also when nobody asks any more', () => {
    const world = aLink();
    ask(world);
    for (let rounds = 0; rounds < 2; rounds += 1) round(world);
    world.shortcut = { ...world.shortcut, metadata: { ...world.shortcut.metadata, annotations: {} } };
    world.settle();
    for (const leaf of [world.rome, world.milan]) expect(said(leaf, annotationKeys.nextPublicKey)).toBeUndefined();
    expect(knownKeysOf(world)).toEqual(keysOf(world));
  });

  it('wait until the link works, and until it is their turn', () => {
    const world = aLink();
    ask(world);
    world.mayRotateKeys = false;
    expect([stateOf(world), world.decide().actions.size]).toEqual(['Waiting', 0]);
    world.mayRotateKeys = true;
    for (const { status } of world.rome.connections) if (status !== undefined) status.value = 'Error';
    expect([stateOf(world), world.decide().actions.size]).toEqual(['Blocked', 0]);
    expect(world.decide().keyRotation?.status?.message).toContain('until the link works');
  });

  it('stay while changes are paused, and then go on', () => {
    const world = aLink();
    ask(world);
    round(world);
    const { spec } = world.shortcut;
    world.shortcut = { ...world.shortcut, spec: { ...spec, paused: true } };
    expect(world.decide().actions.size).toBe(0);
    world.shortcut = { ...world.shortcut, spec };
    const before = keysOf(world);
    world.settle();
    expect(keysOf(world).filter((key) => before.includes(key))).toEqual([]);
  });

  it('are told of once in an event, and of what is done meanwhile', () => {
    const world = aLink();
    ask(world);
    const before = world.shortcut.status;
    writeStatus(world);
    const during = world.shortcut.status ?? {};
    expect(keyRotationEvents(before, during)).toMatchObject([{ reason: 'KeysDue' }]);
    world.settle();
    writeStatus(world);
    const after = world.shortcut.status ?? {};
    expect(keyRotationEvents(during, after)).toMatchObject([{ type: 'Normal', reason: 'KeysRotated' }]);
    expect(keyRotationEvents(after, after)).toEqual([]);
  });
});

describe('keys that become old', () => {
  it('are due by the age of the link, then by the last time', () => {
    const world = aLink();
    every(world, '3h');
    expect(world.decide().keyRotation).toMatchObject({ state: 'None', status: { nextTime: '2026-11-21T13:00:00Z' } });
    world.now = new Date('2026-11-21T13:00:00Z');
    const before = keysOf(world);
    world.settle();
    writeStatus(world);
    expect(keysOf(world).filter((key) => before.includes(key))).toEqual([]);
    expect(world.shortcut.status?.keyRotation).toEqual({
      lastTime: '2026-11-21T13:00:00Z',
      nextTime: '2026-11-21T16:00:00Z',
    });
  });

  it('are due at once when a clock that was ahead has told the last time, and then in time', () => {
    const world = aLink();
    every(world, '3h');
    world.now = new Date('2027-11-21T12:00:00Z');
    world.settle();
    writeStatus(world);
    expect(world.shortcut.status?.keyRotation?.lastTime).toBe('2027-11-21T12:00:00Z');
    world.now = new Date('2026-11-21T14:00:00Z');
    const before = keysOf(world);
    world.settle();
    writeStatus(world);
    expect(keysOf(world).filter((key) => before.includes(key))).toEqual([]);
    expect(world.shortcut.status?.keyRotation).toEqual({
      lastTime: '2026-11-21T14:00:00Z',
      nextTime: '2026-11-21T17:00:00Z',
    });
  });

  it('wake whoever looks after them, at the latest in half a day', () => {
    const world = aLink();
    every(world, '3h');
    world.rome.stampAgeMs = world.milan.stampAgeMs = 60_000;
    expect(world.decide().wakeUpAfterMs).toBe(3_600_000);
    every(world, '720h');
    expect(world.decide().wakeUpAfterMs).toBe(43_200_000);
  });
});

describe('a link with a leaf of Liqo', () => {
  it('keeps its keys, and says why and what can be done', () => {
    const world = aLink(aLeafCluster('rome', { dataPlane: 'Liqo' }), aLeafCluster('milan'));
    ask(world);
    const { keyRotation, actions } = world.decide();
    expect([keyRotation?.state, actions.size]).toEqual(['Blocked', 0]);
    expect(keyRotation?.status?.message).toMatch(/reads its key only when it starts, and rome has one/);
  });
});

describe('what an agent cannot do for a gateway', () => {
  it('stands in the condition of the shortcut', () => {
    const world = aLink();
    const gateway = gatewayOf(world.rome);
    if (gateway?.metadata.annotations !== undefined)
      gateway.metadata.annotations[annotationKeys.problem] = 'the Secret x/gw-milan has no usable privateKey';
    const { verdicts } = world.decide();
    expect(verdicts.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      message: expect.stringMatching(
        /^Gateway\w+ liqo-tenant-milan\/milan on rome: the Secret x\/gw-milan has no usable/,
      ),
    });
  });
});

describe('the turns of several links', () => {
  function turns() {
    const woken: string[] = [];
    const time = { ms: 0 };
    return { woken, time, all: new KeyRotationTurns({ nowMs: () => time.ms, wake: (name) => woken.push(name) }) };
  }

  it('are taken one after the other, and the next is woken', () => {
    const { all, woken } = turns();
    all.settle('a', 'Rotating');
    expect([all.mayRotate('a'), all.mayRotate('b')]).toEqual([true, false]);
    all.settle('b', 'Waiting');
    all.settle('c', 'Waiting');
    all.settle('a', 'None');
    expect([woken, all.mayRotate('b')]).toEqual([['b'], true]);
  });

  it('pass by one whose link does not work', () => {
    const { all, woken } = turns();
    all.settle('a', 'Rotating');
    all.settle('b', 'Waiting');
    all.settle('c', 'Waiting');
    all.settle('a', 'None');
    all.settle('b', 'Blocked');
    expect(woken).toEqual(['b', 'c']);
  });

  it('are not held up for ever by one that is stuck', () => {
    const { all, time } = turns();
    all.settle('a', 'Rotating');
    time.ms = 61_000;
    all.settle('a', 'Rotating');
    expect(all.mayRotate('b')).toBe(true);
  });
});

describe('a shortcut that is made with a request', () => {
  it('has other keys as soon as it works', () => {
    const world = new World();
    world.shortcut = aShortcut({ metadata: { annotations: { [rotateKeysAnnotation]: 'x' } } });
    world.settle();
    writeStatus(world);
    expect(world.shortcut.status?.keyRotation?.request).toBe('x');
  });
});
