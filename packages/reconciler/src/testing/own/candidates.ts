import { createLeaderElection } from '../../leader/create-leader-election.ts';
import type { LeaderElection, LeaderElectionOptions } from '../../leader/leader-election.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeKubeApi } from '../fake-kube-api.ts';
import { recordingLogger } from '../recording-logger.ts';
import { seededRandom } from '../seeded-random.ts';

/** One process: its network, its clock, and what became of it. */
export interface Candidate {
  readonly api: FakeKubeApi;
  readonly election: LeaderElection;
  readonly stop: AbortController;
  /** Its work as a leader, which ends by itself when it is told to. */
  readonly work: PromiseWithResolvers<void>;
  /** The signal of `lead`, when that was called. */
  leading?: AbortSignal;
  outcome?: unknown;
}

/** Some processes that want the same lease of one fake server, for the tests of leader election. */
export class Candidates {
  readonly lease = { namespace: 'system', name: 'controller' };
  readonly clock = new FakeClock('2026-01-01T00:00:00Z');
  readonly server = new FakeKubeApi({ clock: this.clock });
  readonly log = recordingLogger();
  readonly all: Candidate[] = [];

  start(identity: string, options: Partial<LeaderElectionOptions> = {}): Candidate {
    const api = new FakeKubeApi({ sameServerAs: this.server });
    const ports = { api, clock: this.clock, random: seededRandom(), log: this.log.logger };
    const election = createLeaderElection({ lease: this.lease, identity, ...ports, ...options });
    const candidate: Candidate = {
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
    this.all.push(candidate);
    return candidate;
  }

  /** Lets all of them do what needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await this.clock.settle();
  }

  /** Stops all of them. */
  async end(): Promise<void> {
    for (const { stop, work } of this.all) {
      stop.abort();
      work.resolve();
    }
    await this.clock.advance(20_000);
  }
}

/** From now on nothing of this process reaches the server. */
export function cut({ api }: Candidate): void {
  api.beforeRequest = () => {
    throw new Error('no route to host');
  };
  api.breakWatches();
}

/** From now on the server takes its requests and never answers. */
export function hang({ api }: Candidate): void {
  api.beforeRequest = () => new Promise(() => {});
}
