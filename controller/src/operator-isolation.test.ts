import { kinds } from '@leafway/core';
import { ApiError, findCondition } from '@leafway/reconciler';
import type { FakeRequest } from '@leafway/reconciler/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

const others = Array.from({ length: 30 }, (_, index) => `edge-${index}`);
let fleet: FakeFleet;
beforeEach(async () => {
  fleet = new FakeFleet(['paris', ...others]);
  await fleet.start();
});
afterEach(() => fleet.stop());

/** How many seconds pass until the shortcut is Ready, in steps of one. */
async function secondsToReady(name: string): Promise<number> {
  for (let seconds = 1; seconds <= 60; seconds += 1) {
    await fleet.pass(1);
    const shortcut = await fleet.shortcut(name);
    if (findCondition(shortcut?.status?.conditions, 'Ready')?.status === 'True') return seconds;
  }
  throw new Error(`${name} is not Ready within a minute`);
}

describe('the operator, while a leaf is out of order', () => {
  it('makes links between other leaves as fast as ever, however many want the one that hangs', async () => {
    await fleet.create('before', ['edge-0', 'edge-1']);
    const quiet = await secondsToReady('before');
    fleet.hung = 'paris';
    for (const other of others) await fleet.create(`paris-${other}`, ['paris', other]);
    await fleet.create();
    expect(await secondsToReady('rome-milan')).toBeLessThanOrEqual(quiet + 1);
  });

  it('writes only so often to one that answers with errors, however many want it', async () => {
    const asked: number[] = [];
    fleet.leafNamed('paris').api.beforeRequest = ({ verb }) => {
      if (verb !== 'create') return;
      asked.push(fleet.clock.monotonicMs());
      throw new ApiError('it fails', { code: 'Unavailable', status: 500, operation: 'create' });
    };
    for (const other of others) await fleet.create(`paris-${other}`, ['paris', other]);
    await fleet.pass(30);
    const inSecond = asked.map((start) => asked.filter((time) => time >= start && time < start + 1_000).length);
    expect(asked.length).toBeGreaterThan(60);
    // What came before the first answer could not know.
    expect(Math.max(...inSecond.slice(16))).toBeLessThanOrEqual(10);
  });

  it('searches one that answers with errors only so often, however many links are removed there', async () => {
    const client = fleet.clientOf('own', fleet.leafNamed('paris'));
    fleet.renew('paris', 'own');
    for (const other of others) await fleet.create(`paris-${other}`, ['paris', other]);
    await fleet.pass(10);
    const asked: number[] = [];
    client.beforeRequest = ({ verb }) => {
      asked.push(fleet.clock.monotonicMs());
      if (verb === 'list') throw new ApiError('it fails', { code: 'Unavailable', status: 500, operation: 'list' });
    };
    for (const other of others) await fleet.central.delete(kinds.shortcuts, { name: `paris-${other}` });
    // What came before the first answer could not know, and what is answered is no failure.
    await fleet.pass(10);
    asked.length = 0;
    await fleet.pass(15);
    const inSecond = asked.map((start) => asked.filter((time) => time >= start && time < start + 1_000).length);
    expect(asked.length).toBeGreaterThan(10);
    expect(Math.max(...inSecond)).toBeLessThanOrEqual(10);
  });

  it.each<[string, (request: FakeRequest) => boolean]>([
    ['everything but who it is', ({ name }) => name !== 'kube-system'],
    ['one kind of objects', ({ type }) => type.plural === 'networks'],
  ])('asks only so much of one that fails to answer %s', async (_, fails) => {
    const client = fleet.clientOf('own', fleet.leafNamed('paris'));
    fleet.renew('paris', 'own');
    await fleet.pass(3);
    const asked: number[] = [];
    client.beforeRequest = (request) => {
      asked.push(fleet.clock.monotonicMs());
      if (fails(request)) throw new ApiError('it fails', { code: 'Unavailable', status: 500, operation: request.verb });
    };
    client.breakWatches();
    // The watches that broke cannot know of each other.
    await fleet.clock.advance(2_500);
    asked.length = 0;
    await fleet.clock.advance(120_000);
    const inSecond = asked.map((start) => asked.filter((time) => time >= start && time < start + 1_000).length);
    expect(asked.length).toBeGreaterThan(5);
    expect(Math.max(...inSecond)).toBeLessThanOrEqual(10);
    client.beforeRequest = undefined;
    await fleet.pass(45);
    const { conditions } = (await fleet.leaf('paris'))?.status ?? {};
    expect(findCondition(conditions, 'Reachable')?.status).toBe('True');
  });
});
