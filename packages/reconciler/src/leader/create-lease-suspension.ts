import { isApiError } from '../api/errors.ts';
import type { KubeApi } from '../api/kube-api.ts';
import { guardedPatch } from '../objects/guarded-patch.ts';
import { microTime } from '../objects/micro-time.ts';
import type { Clock } from '../ports/clock.ts';
import { sleep } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { type LeaseSpec, leases, nextTerm } from './lease.ts';
import { LeaseWatch } from './lease-watch.ts';

/** For whoever takes no part in the election of a leader, but has to know of it, or to have it rest for a while. */
export interface LeaseSuspension {
  /** Follows the lease until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the lease was read for the first time, also when there is none; rejects only when the signal aborts. */
  whenKnown(signal: AbortSignal): Promise<void>;
  /** Somebody else leads, as far as can be seen: a lease that was just found counts until its time is over. */
  readonly isLed: boolean;
  /** Aborts at the next change of the lease. */
  readonly news: AbortSignal;
  /**
   * Takes the lease from whoever holds it: that process ends, and nobody leads for the duration given, or until
   * `giveBack`. Where there is no lease nobody has ever led, and nothing is done. Throws `ApiError`.
   */
  take(signal: AbortSignal): Promise<void>;
  /** Lets the next one lead at once, if the lease is still ours. Throws `ApiError`. */
  giveBack(signal: AbortSignal): Promise<void>;
}

/** Which lease to suspend, for how long, and the ports. */
export interface LeaseSuspensionOptions {
  readonly api: KubeApi;
  readonly lease: { readonly namespace: string; readonly name: string };
  /** What is told to those who ask who holds the lease. */
  readonly identity: string;
  /** For so long after `take` nobody leads; in whole seconds. */
  readonly durationMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How long a lease is good for that does not say it. */
const usualDurationMs = 15_000;
/** The leader renews every two seconds: who loses against it tries again soon. */
const retryMs = 100;

/** The suspension of one lease; it does nothing before `run`. It needs the rights to list, watch and patch the lease. */
export function createLeaseSuspension(options: LeaseSuspensionOptions): LeaseSuspension {
  const { api, identity, durationMs, clock } = options;
  const watch = new LeaseWatch({ ...options, leaseDurationMs: usualDurationMs });
  const isOurs = (): boolean => watch.lease?.spec?.holderIdentity === identity;
  /** Changes the lease as it was last seen; `false` when it was changed meanwhile. */
  const put = async (changes: LeaseSpec, signal: AbortSignal): Promise<boolean> => {
    const { lease } = watch;
    if (lease === undefined) return true;
    const value: LeaseSpec = { ...lease.spec, ...changes, renewTime: microTime(clock.now()) };
    try {
      watch.learn(await guardedPatch(api, leases, lease, [{ op: 'add', path: '/spec', value }], { signal }));
      return true;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return true;
      if (!isApiError(error, 'Conflict')) throw error;
      return false;
    }
  };
  return {
    run: (signal) => watch.run(signal),
    whenKnown: (signal) => watch.whenSynced(signal),
    get isLed() {
      return !isOurs() && clock.monotonicMs() < watch.takenUntilMs;
    },
    get news() {
      return watch.news;
    },
    take: async (signal) => {
      const leaseDurationSeconds = Math.ceil(durationMs / 1_000);
      const term = () => ({ ...nextTerm(watch.lease, identity, clock.now()), leaseDurationSeconds });
      while (!(await put(term(), signal))) await sleep(clock, retryMs, AbortSignal.any([signal, watch.news]));
    },
    giveBack: async (signal) => {
      while (isOurs() && !(await put({ holderIdentity: '', leaseDurationSeconds: 1 }, signal)))
        await sleep(clock, retryMs, AbortSignal.any([signal, watch.news]));
    },
  };
}
