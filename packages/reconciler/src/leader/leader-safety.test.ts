import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKubeApi } from '../testing/fake-kube-api.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { createLeaderElection } from './create-leader-election.ts';

const names = [0, 1, 2] as const;
const which = fc.constantFrom(...names);
const step = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 10, max: 12_000 }) }),
  fc.record({
    do: fc.constantFrom('cut', 'hang', 'drop answers', 'heal', 'pause', 'resume', 'stop') as fc.Arbitrary<Fault>,
    which,
  }),
);
type Fault = 'cut' | 'hang' | 'drop answers' | 'heal' | 'pause' | 'resume' | 'stop';

/** A process with a network that fails in many ways, and which can be stopped in the middle of everything. */
function startCandidate(name: number, server: FakeKubeApi, clock: FakeClock) {
  const api = new FakeKubeApi({ sameServerAs: server });
  const stop = new AbortController();
  const asleep: (() => void)[] = [];
  let isPaused = false;
  const pausable = {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, () => (isPaused ? asleep.push(fn) : fn())),
  };
  const options = { lease: { namespace: 'system', name: 'one' }, random: seededRandom(name), log: silentLogger };
  const election = createLeaderElection({ ...options, api, clock: pausable, identity: `candidate-${name}` });
  const lead = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const ended = election.run(lead, stop.signal);
  const { create, patch } = api;
  const inject: Record<Fault, () => void> = {
    cut: () => {
      api.beforeRequest = () => {
        throw new Error('no route to host');
      };
      api.breakWatches();
    },
    hang: () => (api.beforeRequest = () => new Promise(() => {})),
    'drop answers': () => {
      const lose = async (): Promise<never> => {
        throw new Error('the answer was lost');
      };
      api.create = async (...args) => create.apply(api, args).then(lose);
      api.patch = async (...args) => patch.apply(api, args).then(lose);
    },
    heal: () => {
      api.beforeRequest = undefined;
      Object.assign(api, { create, patch });
    },
    pause: () => (isPaused = true),
    resume: () => {
      isPaused = false;
      for (const fn of asleep.splice(0)) fn();
    },
    stop: () => stop.abort(),
  };
  return { election, inject, ended };
}

test('whatever fails, there are never two leaders, and one again soon after all is well', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const clock = new FakeClock();
      const server = new FakeKubeApi({ clock });
      const candidates = names.map((name) => startCandidate(name, server, clock));
      const leaders = (): number => candidates.filter(({ election }) => election.isLeader).length;
      const pass = async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms; passed += 250) {
          await clock.advance(Math.min(250, ms - passed));
          expect(leaders()).toBeLessThanOrEqual(1);
        }
      };
      for (const each of steps) {
        if (each.do === 'wait') await pass(each.ms);
        else candidates[each.which]?.inject[each.do]();
      }
      for (const { inject } of candidates) {
        inject.heal();
        inject.resume();
      }
      const ended = new Set<unknown>();
      for (const { ended: end } of candidates) void end.then(() => ended.add(end));
      await pass(40_000);
      expect(leaders()).toBe(ended.size < candidates.length ? 1 : 0);
      for (const { inject } of candidates) inject.stop();
      await pass(20_000);
      await Promise.all(candidates.map((candidate) => candidate.ended));
    }),
    { numRuns: 100 },
  );
}, 120_000);
