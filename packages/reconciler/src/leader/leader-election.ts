import type { KubeApi } from '../api/kube-api.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';

/** Of several processes one leads, by a `coordination.k8s.io/v1` Lease. */
export interface LeaderElection {
  /**
   * Campaigns until the lease is ours, then calls `lead` once. Its signal aborts when `signal` does, and when the
   * lease is lost.
   * - `'stopped'`: the signal aborted, or `lead` ended by itself. The lease is kept until `lead` has ended and
   *   released then, so that a successor begins at once and after the last write. Rejects with what `lead` rejects with.
   * - `'lost'`: the lease could not be renewed in time, or somebody else holds it. This does not wait for `lead`:
   *   end the process.
   *
   * Whatever else fails is tried again. Call it once.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<'stopped' | 'lost'>;
  /** The lease is surely held, by the clock of this machine at this moment. */
  readonly isLeader: boolean;
  /**
   * The same API, of this or any other cluster, whose writes throw `ApiError` with code `NotLeading` from the moment
   * at which the lease is not surely held: also in a process that was paused and runs on before any timer has fired.
   * `writesLeaveWithinMs` of `createKubeApi` covers the time between this question and the moment at which a write leaves.
   * Writes under way when the lease is lost are given up. A write that the server already has is not taken back:
   * what must not be done twice needs a precondition as well.
   */
  guard<T extends KubeApi>(api: T): T;
}

/** How long a lease is good for, in milliseconds. Each has to be longer than the one below it. */
export interface LeaderElectionTimings {
  /** For so long after it last saw a renewal nobody else takes the lease; 15 s by default. */
  readonly leaseDurationMs: number;
  /** The leader gives up when it could not renew for so long; 10 s by default. */
  readonly renewDeadlineMs: number;
  /** Time between two renewals, and between two tries to take it after an error; 2 s by default. */
  readonly retryPeriodMs: number;
}

/** Which lease, under which name to hold it, and the ports. */
export interface LeaderElectionOptions {
  readonly api: KubeApi;
  /** Made when it does not exist; its namespace has to exist. */
  readonly lease: { readonly namespace: string; readonly name: string };
  /**
   * No other process that lives may have the same: a lease that is held under our own name is taken to be left over
   * from a former life, and taken at once.
   */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  readonly timings?: Partial<LeaderElectionTimings>;
}
