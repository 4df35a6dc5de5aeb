import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import type { Clock } from '../ports/clock.ts';
import { createPrometheusMetrics } from '../prometheus/create-prometheus-metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { createLeaderElection } from './create-leader-election.ts';
import type { LeaderElection, LeaderElectionOptions } from './leader-election.ts';
import { type Lease, leases } from './lease.ts';

const name = { namespace: 'system', name: 'controller' };
const configMaps: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};
const aConfigMap: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name: 'mine' },
};

let clock: FakeClock;
let server: FakeKubeApi;
let candidates: Candidate[];
const log = recordingLogger();

/** One process: its network, its clock, and what became of it. */
interface Candidate {
  readonly identity: string;
  readonly api: FakeKubeApi;
  readonly election: LeaderElection;
  readonly stop: AbortController;
  readonly work: PromiseWithResolvers<void>;
  /** The signal of `lead`, when that was called. */
  leading?: AbortSignal;
  outcome?: unknown;
}

function start(identity: string, options: Partial<LeaderElectionOptions> = {}): Candidate {
  const api = new FakeKubeApi({ sameServerAs: server });
  const ports = { api, clock, random: seededRandom(), log: log.logger };
  const election = createLeaderElection({ lease: name, identity, ...ports, ...options });
  const candidate: Candidate = {
    identity,
    api,
    election,
    stop: new AbortController(),
    work: Promise.withResolvers<void>(),
  };
  const lead = (signal: AbortSignal): Promise<void> => {
    candidate.leading = signal;
    signal.addEventListener('abort', () => candidate.work.resolve(), { once: true });
    return candidate.work.promise;
  };
  void election.run(lead, candidate.stop.signal).then(
    (outcome) => (candidate.outcome = outcome),
    (error: unknown) => (candidate.outcome = error),
  );
  candidates.push(candidate);
  return candidate;
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await clock.settle();
}

/** From now on nothing of this process reaches the server; watches that are open say nothing more. */
function cut({ api }: Candidate): void {
  api.beforeRequest = () => {
    throw new Error('no route to host');
  };
  api.breakWatches();
}

/** From now on the server takes its requests and never answers. */
function hang({ api }: Candidate): void {
  api.beforeRequest = () => new Promise(() => {});
}

const lease = (): Lease | undefined => server.object<Lease>(leases, name);
const seedLease = (spec: Lease['spec'] = {}): Lease =>
  server.seed<Lease>(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: name, spec });
const verbs = ({ api }: Candidate): string[] => api.requests.map((request) => request.verb);

beforeEach(() => {
  clock = new FakeClock('2026-01-01T00:00:00Z');
  server = new FakeKubeApi({ clock });
  candidates = [];
  log.lines.length = 0;
});
afterEach(async () => {
  for (const { stop, work } of candidates) {
    stop.abort();
    work.resolve();
  }
  await clock.advance(20_000);
  expect(candidates.map(({ outcome }) => outcome)).not.toContain(undefined);
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
    expect([b.election.isLeader, verbs(b).sort()]).toEqual([false, ['get', 'list', 'watch']]);
    expect(log.lines.filter((line) => line.message.startsWith('standing by'))).toHaveLength(1);
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
    const [first, ...others] = candidates.filter(({ election }) => election.isLeader);
    expect(others).toEqual([]);
    first?.stop.abort();
    await settle();
    expect(first?.outcome).toBe('stopped');
    await clock.advance(200);
    expect(candidates.filter(({ election }) => election.isLeader)).toHaveLength(1);
  });

  test('keeps trying while the server cannot be reached, and says why', async () => {
    const a = start('a');
    cut(a);
    await clock.advance(60_000);
    expect(log.lines.find((line) => line.level === 'warn' && line.message.includes('taken'))?.fields).toMatchObject({
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
      lease: name,
      identity: 'a',
      clock,
      random: seededRandom(),
      log: log.logger,
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
      server.edit<Lease>(leases, name, (draft) => (draft.metadata.annotations = { note: 'edited' }));
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
    expect(log.lines.map((line) => line.message)).toContain(
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
    server.edit<Lease>(leases, name, (draft) => {
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
    server.remove(leases, name);
    await clock.advance(30_000);
    expect([a.election.isLeader, b.election.isLeader]).toEqual([true, false]);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'a', leaseTransitions: 0 });
  });

  test('is not made to hurry by others who label the lease', async () => {
    const a = start('a');
    await settle();
    a.api.requests.length = 0;
    for (let i = 0; i < 100; i += 1) {
      server.edit<Lease>(leases, name, (draft) => (draft.metadata.labels = { i: String(i) }));
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

describe('a guarded API', () => {
  test('reads always, and writes only while its process leads', async () => {
    const a = start('a');
    const api = a.election.guard(new FakeKubeApi({ cluster: 'elsewhere' }));
    await expect(api.create(configMaps, aConfigMap)).rejects.toMatchObject({
      code: 'NotLeading',
      message: 'create v1 configmaps default/mine: not sent: a does not hold the lease system/controller',
    });
    await settle();
    const created = await api.create(configMaps, aConfigMap);
    cut(a);
    await clock.advance(10_100);
    const ref = aConfigMap.metadata;
    for (const write of [
      api.create(configMaps, aConfigMap),
      api.patch(configMaps, ref, []),
      api.apply(configMaps, aConfigMap, { fieldManager: 'me' }),
      api.delete(configMaps, ref),
    ]) {
      await expect(write).rejects.toMatchObject({ code: 'NotLeading' });
    }
    expect(await api.get(configMaps, ref)).toEqual(created);
    expect(api.requests.map((request) => request.verb)).toEqual(['create', 'get']);
  });

  test('refuses the first write of a process that was paused, before any of its timers fires', async () => {
    let pausedMs = 0;
    const paused: Clock = {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs() + pausedMs,
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    };
    const a = start('a', { clock: paused });
    await settle();
    const api = a.election.guard(server);
    pausedMs = 10_000;
    await expect(api.create(configMaps, aConfigMap)).rejects.toMatchObject({ code: 'NotLeading' });
    expect(a.election.isLeader).toBe(false);
    await clock.advance(2_100);
    expect(a.outcome).toBe('lost');
  });

  test('gives up a write that hangs when the lease is lost', async () => {
    const a = start('a');
    await settle();
    const other = new FakeKubeApi({ clock });
    other.beforeRequest = () => new Promise(() => {});
    const hanging = a.election.guard(other).create(configMaps, aConfigMap);
    cut(a);
    void clock.advance(10_100);
    await expect(hanging).rejects.toMatchObject({ code: 'Aborted' });
    expect(other.objects(configMaps)).toEqual([]);
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
