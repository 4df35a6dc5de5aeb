import { describe, expect, it } from 'vitest';
import { aLeafCluster, aShortcut, World } from '../testing/world.ts';
import { transitionEvents } from './events.ts';
import { statusOf } from './status.ts';

const noon = new Date('2026-11-21T12:00:00Z');
const statusIn = (world: World) => statusOf(world.shortcut, world.decideAndRemember(), noon);

function aReadyWorld(): World {
  const world = new World();
  world.settle();
  world.shortcut.status = statusIn(world);
  return world;
}

const eventsOf = (world: World) =>
  transitionEvents(world.shortcut.status, statusIn(world)).map(
    ({ type, reason, note }) => `${type} ${reason}: ${note}`,
  );

describe('the events of a shortcut', () => {
  it('tell nothing while nothing happens', () => {
    expect(eventsOf(aReadyWorld())).toEqual([]);
  });

  it('tell that it is paused, once', () => {
    const world = aReadyWorld();
    const { status } = world.shortcut;
    world.shortcut = { ...aShortcut({ spec: { paused: true } }), ...(status === undefined ? {} : { status }) };
    expect(eventsOf(world)).toEqual(['Normal Paused: The direct tunnel works; changes to it are paused.']);
    world.shortcut.status = statusIn(world);
    expect(eventsOf(world)).toEqual([]);
  });

  it('tell that a link is Degraded, with the cause', () => {
    const world = aReadyWorld();
    world.rome.connections = [];
    expect(eventsOf(world)).toEqual([
      expect.stringMatching(
        /^Warning Degraded: rome reports no connection yet\. If that lasts: Check that UDP packets/,
      ),
    ]);
  });

  it('tell that the ranges of a leaf changed under a running link, and what the other side calls them', () => {
    const world = aReadyWorld();
    world.milan.leafCluster = aLeafCluster('milan', { podCIDR: '10.200.0.0/16' });
    expect(eventsOf(world)).toContain(
      'Warning RangesChanged: The ranges of milan changed from 10.244.0.0/16 to 10.200.0.0/16. Direct addresses from before lead nowhere: look them up anew.',
    );
    const [configuration] = world.rome.configurations;
    if (configuration !== undefined)
      configuration.status = { remote: { cidr: { pod: ['10.99.0.0/16'], external: ['10.68.0.0/16'] } } };
    world.milan.leafCluster = aLeafCluster('milan');
    expect(eventsOf(world).join()).toContain(
      'NamesChanged: What the other side calls milan changed from 10.71.0.0/16 to 10.99.0.0/16.',
    );
  });

  it('tell who runs the gateway server when that changes, and why', () => {
    const world = aReadyWorld();
    world.shortcut = { ...aShortcut({ spec: { gateway: { server: 'rome' } } }), status: world.shortcut.status ?? {} };
    expect(eventsOf(world)).toContain(
      'Normal ServerChanged: rome runs the gateway server now: spec.gateway.server says so.',
    );
  });

  it('tell that there is no direct way, once', () => {
    const world = aReadyWorld();
    const after = statusIn(world);
    const message = 'There is no direct way.';
    const conditions = (after.conditions ?? []).map((one) =>
      one.type === 'Connected' ? { ...one, status: 'False' as const, reason: 'DirectPathUnavailable', message } : one,
    );
    const without = { ...after, conditions };
    expect(transitionEvents(after, without).map(({ reason, note }) => [reason, note])).toEqual([
      ['DirectPathUnavailable', message],
    ]);
    expect(transitionEvents(without, without)).toEqual([]);
  });
});
