import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { Candidates } from '../testing/own/candidates.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createLeaseSuspension, type LeaseSuspension } from './create-lease-suspension.ts';
import { type Lease, leases } from './lease.ts';

let candidates: Candidates;
let clock: FakeClock;
let suspension: LeaseSuspension;
let api: FakeKubeApi;
let stop: AbortController;
const never = new AbortController().signal;
const holder = () => candidates.server.object<Lease>(leases, candidates.lease)?.spec?.holderIdentity;

beforeEach(() => {
  candidates = new Candidates();
  ({ clock } = candidates);
  api = new FakeKubeApi({ sameServerAs: candidates.server });
  const ports = { clock, random: seededRandom(), log: silentLogger };
  suspension = createLeaseSuspension({ ...ports, api, lease: candidates.lease, identity: 'x', durationMs: 60_000 });
  stop = new AbortController();
  void suspension.run(stop.signal);
});
afterEach(async () => {
  stop.abort();
  await candidates.end();
});

test('a leader whose lease is taken ends, and nobody leads until the time is over', async () => {
  const a = candidates.start('a');
  await candidates.settle();
  const b = candidates.start('b');
  await candidates.settle();
  expect(suspension.isLed).toBe(true);
  await suspension.take(never);
  await candidates.settle();
  expect([a.outcome, holder(), suspension.isLed]).toEqual(['lost', 'x', false]);
  await clock.advance(59_000);
  expect(b.leading).toBeUndefined();
  await clock.advance(2_000);
  expect([holder(), b.election.isLeader, suspension.isLed]).toEqual(['b', true, true]);
});

test('a lease that is given back is taken by the next one at once', async () => {
  candidates.start('a');
  await candidates.settle();
  candidates.start('b');
  await candidates.settle();
  await suspension.take(never);
  await candidates.settle();
  await suspension.giveBack(never);
  await candidates.settle();
  expect(holder()).toBe('b');
  await suspension.giveBack(never);
  expect(holder()).toBe('b');
});

test('a leader that renews at the same moment is no obstacle', async () => {
  candidates.start('a');
  await candidates.settle();
  const news = suspension.news;
  // What it sees is older than what the server has.
  candidates.server.edit<Lease>(leases, candidates.lease, (lease) => {
    lease.spec = { ...lease.spec, renewTime: 'now' };
  });
  const taking = suspension.take(never);
  await clock.advance(200);
  await taking;
  expect([holder(), news.aborted]).toEqual(['x', true]);
  expect(api.requests.map(({ verb }) => verb)).toEqual(['watch', 'patch', 'patch']);
});

test('where nobody has ever led nothing is written', async () => {
  await suspension.whenKnown(never);
  await suspension.take(never);
  expect([suspension.isLed, holder()]).toEqual([false, undefined]);
});
