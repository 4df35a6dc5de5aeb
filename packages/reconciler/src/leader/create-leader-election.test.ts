import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../ports/clock.ts';
import { createPrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import type { FakeClock } from '../testing/fake-clock.ts';
import type { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { type Candidate, Candidates, cut, hang } from '../testing/own/candidates.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { createLeaderElection } from './create-leader-election.ts';
import type { LeaderElectionOptions } from './leader-election.ts';
import { type Lease, leases } from './lease.ts';

let candidates: Candidates;
let clock: FakeClock;
let server: FakeKubeApi;

const start = (identity: string, options: Partial<LeaderElectionOptions> = {}): Candidate =>
  candidates.start(identity, options);
const settle = (): Promise<void> => candidates.settle();
const lease = (): Lease | undefined => server.object<Lease>(leases, candidates.lease);
const seedLease = (spec: Lease['spec'] = {}): Lease =>
  server.seed<Lease>(leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: candidates.lease,
    spec,
  });
const verbs = ({ api }: Candidate): string[] => api.requests.map((request) => request.verb);

beforeEach(() => {
  candidates = new Candidates();
  ({ clock, server } = candidates);
});
afterEach(async () => {
  await candidates.end();
  expect(candidates.all.map(({ outcome }) => outcome)).not.toContain(undefined);
  expect(clock.pendingTimers).toBe(0);
});

describe('a candidate', () => {
  test('takes a lease that does not exist at once, stamps it as the API wants, and leads', async () => {
    const a = start('a');
    expect(a.election.isLeader).toBe(false);
    await settle();
    expect([a.election.isLeader, a.leading?.aborted]).toEqual([true, false]);
    expect(lease()?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
  });

  test('renews every two seconds and asks nothing else', async () => {
    const a = start('a');
    await settle();
    a.api.requests.length = 0;
    await clock.advance(20_100);
    expect(verbs(a)).toEqual(Array(10).fill('patch'));
    expect(lease()?.spec).toMatchObject({
      renewTime: '2026-01-01T00:00:20.000000Z',
      acquireTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
  });

  test('stands by without a request while another leads', async () => {
    start('a');
    await settle();
    const b = start('b');
    await clock.advance(240_000);
    expect([b.election.isLeader, verbs(b).sort()]).toEqual([false, ['get', 'watch']]);
    expect(candidates.log.lines.filter((line) => line.message.startsWith('standing by'))).toHaveLength(1);
  });

  test('takes over when the holder was silent for the duration of its lease, whatever the clocks say', async () => {
    const anHourLate: Clock = {
      now: () => new Date(clock.now().getTime() + 3_600_000),
      monotonicMs: () => clock.monotonicMs(),
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    };
    const a = start('a');
    const b = start('b', { clock: anHourLate });
    await clock.advance(5_000);
    cut(a);
    await clock.advance(13_900);
    expect(b.election.isLeader).toBe(false);
    await clock.advance(200);
    expect(b.election.isLeader).toBe(true);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  test('waits for the whole duration when it does not know how old the lease is', async () => {
    seedLease({ holderIdentity: 'gone', leaseDurationSeconds: 30, renewTime: '2020-01-01T00:00:00.000000Z' });
    const a = start('a');
    await clock.advance(29_900);
    expect(a.election.isLeader).toBe(false);
    await clock.advance(200);
    expect(a.election.isLeader).toBe(true);
  });

  test('takes at once what is held by its own name, or by nobody, and keeps fields that it does not know', async () => {
    seedLease({ holderIdentity: 'a', leaseTransitions: 7, ...{ preferredHolder: 'x' } });
    const a = start('a');
    await settle();
    expect([a.election.isLeader, lease()?.spec]).toEqual([
      true,
      expect.objectContaining({ leaseTransitions: 8, preferredHolder: 'x' }),
    ]);
  });

  test('is one of many that want it at once: one leads, and the next when it stops', async () => {
    for (const identity of ['a', 'b', 'c', 'd']) start(identity);
    await settle();
    const [first, ...others] = candidates.all.filter(({ election }) => election.isLeader);
    expect(others).toEqual([]);
    first?.stop.abort();
    await settle();
    expect(first?.outcome).toBe('stopped');
    await clock.advance(200);
    expect(candidates.all.filter(({ election }) => election.isLeader)).toHaveLength(1);
  });

  test('keeps trying while the server cannot be reached, and says why', async () => {
    const a = start('a');
    cut(a);
    await clock.advance(60_000);
    expect(
      candidates.log.lines.find((line) => line.level === 'warn' && line.message.includes('taken'))?.fields,
    ).toMatchObject({
      lease: 'system/controller',
      identity: 'a',
      err: { message: expect.stringContaining('leases system/controller on fake: no answer: no route to host') },
    });
    a.api.beforeRequest = undefined;
    await clock.advance(2_500);
    expect(a.election.isLeader).toBe(true);
  });

  test('that is told to stop while it waits ends at once and never leads', async () => {
    start('a');
    await settle();
    const b = start('b');
    await settle();
    b.stop.abort();
    await settle();
    expect([b.outcome, b.leading]).toEqual(['stopped', undefined]);
  });

  test('refuses timings that cannot work', () => {
    expect(() => start('a', { timings: { renewDeadlineMs: 15_000 } })).toThrow(RangeError);
  });
});

describe('a leader that is told to stop', () => {
  test('keeps the lease until its work has ended, and the next one leads without delay', async () => {
    const end = Promise.withResolvers<void>();
    const stop = new AbortController();
    const a = createLeaderElection({
      api: server,
      lease: candidates.lease,
      identity: 'a',
      clock,
      random: seededRandom(),
      log: candidates.log.logger,
    });
    const running = a.run(() => end.promise, stop.signal);
    await settle();
    const b = start('b');
    await settle();
    stop.abort();
    await clock.advance(30_000);
    expect([a.isLeader, b.election.isLeader]).toEqual([true, false]);
    const before = clock.monotonicMs();
    end.resolve();
    expect(await running).toBe('stopped');
    await settle();
    expect([a.isLeader, b.election.isLeader, clock.monotonicMs() - before]).toEqual([false, true, 0]);
  });

  test('gives the lease back also when it is changed at that moment', async () => {
    const a = start('a');
    await settle();
    a.api.beforeRequest = ({ verb }) => {
      if (verb !== 'patch') return;
      a.api.beforeRequest = undefined;
      server.edit<Lease>(leases, candidates.lease, (draft) => (draft.metadata.annotations = { note: 'edited' }));
    };
    a.stop.abort();
    await settle();
    expect([a.outcome, lease()?.spec?.holderIdentity]).toEqual(['stopped', '']);
  });

  test('rejects with what its work rejects with, after giving the lease back', async () => {
    const a = start('a');
    await settle();
    a.work.reject(new Error('broken'));
    await settle();
    expect([a.outcome, lease()?.spec?.holderIdentity]).toEqual([new Error('broken'), '']);
  });

  test('ends also when the lease cannot be given back', async () => {
    const a = start('a');
    await settle();
    hang(a);
    a.stop.abort();
    await clock.advance(5_000);
    expect(a.outcome).toBe('stopped');
    expect(candidates.log.lines.map((line) => line.message)).toContain(
      'the lease could not be released: others wait until it runs out',
    );
  });
});

describe('a leader', () => {
  test('outlives an absence of the server that is shorter than the renew deadline', async () => {
    const a = start('a');
    await settle();
    cut(a);
    await clock.advance(9_000);
    a.api.beforeRequest = undefined;
    await clock.advance(60_000);
    expect([a.election.isLeader, a.outcome]).toEqual([true, undefined]);
  });

  test.each([
    ['cannot be reached', cut],
    ['hangs', hang],
  ])('is none any more ten seconds after its last renewal when the server %s', async (_, fault) => {
    const a = start('a');
    await clock.advance(4_000);
    fault(a);
    await clock.advance(9_900);
    expect([a.election.isLeader, a.leading?.aborted]).toEqual([true, false]);
    await clock.advance(200);
    expect([a.election.isLeader, a.leading?.aborted, a.outcome]).toEqual([false, true, 'lost']);
    expect(a.leading?.reason).toMatchObject({ message: 'the lease is lost: it was not renewed for 10 s' });
  });

  test('is none any more, and writes nothing, when somebody else holds the lease', async () => {
    const a = start('a');
    await settle();
    server.edit<Lease>(leases, candidates.lease, (draft) => {
      draft.spec = { ...draft.spec, holderIdentity: 'intruder', leaseTransitions: 1 };
    });
    await settle();
    expect([a.election.isLeader, a.outcome, lease()?.spec?.holderIdentity]).toEqual([false, 'lost', 'intruder']);
    expect(a.leading?.reason).toMatchObject({ message: 'the lease is lost: intruder holds it' });
  });

  test('is none any more when another process of its name took the lease', async () => {
    const a = start('same');
    await settle();
    const b = start('same');
    await settle();
    expect([a.outcome, b.election.isLeader]).toEqual(['lost', true]);
  });

  test('makes a lease that was deleted by hand anew, and nobody slips in between', async () => {
    const a = start('a');
    const b = start('b');
    await clock.advance(5_000);
    server.remove(leases, candidates.lease);
    await clock.advance(30_000);
    expect([a.election.isLeader, b.election.isLeader]).toEqual([true, false]);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });

  test('is not made to hurry by others who label the lease', async () => {
    const a = start('a');
    await settle();
    a.api.requests.length = 0;
    for (let i = 0; i < 100; i += 1) {
      server.edit<Lease>(leases, candidates.lease, (draft) => (draft.metadata.labels = { i: String(i) }));
      await clock.advance(20);
    }
    expect(verbs(a).filter((verb) => verb === 'patch').length).toBeLessThanOrEqual(2);
    expect(a.election.isLeader).toBe(true);
  });

  test('that does not know whether a renewal was written goes on with what it finds', async () => {
    const a = start('a');
    await settle();
    const patch = a.api.patch;
    a.api.patch = async (...args) => {
      a.api.patch = patch;
      await patch.apply(a.api, args);
      throw new Error('the answer was lost');
    };
    await clock.advance(10_000);
    expect([a.election.isLeader, a.outcome]).toEqual([true, undefined]);
  });
});

test('who leads is measured', async () => {
  const metrics = createPrometheusMetrics();
  const a = start('a', { metrics });
  expect(await metrics.text()).toContain('leader_election_master_status{name="controller"} 0');
  await settle();
  expect(await metrics.text()).toContain('leader_election_master_status{name="controller"} 1');
  a.stop.abort();
  await settle();
  expect(await metrics.text()).toContain('leader_election_master_status{name="controller"} 0');
});
