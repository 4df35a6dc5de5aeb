import { isApiError } from '../api/errors.ts';
import type { KubeApi } from '../api/kube-api.ts';
import { guardedPatch } from '../objects/guarded-patch.ts';
import { microTime } from '../objects/micro-time.ts';
import type { Clock } from '../ports/clock.ts';
import { isInTerm, type Lease, type LeaseSpec, leases, type Term } from './lease.ts';
import type { LeaseWatch } from './lease-watch.ts';

export interface LeaseClaimOptions {
  readonly api: KubeApi;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly clock: Clock;
  readonly watch: LeaseWatch;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
}

/** Writes in a row that may lose against other changes of the lease. */
const mostConflicts = 5;

/** The writes by which one process takes, keeps and gives back a lease: each changes the very state that was seen. */
export class LeaseClaim {
  readonly #options: LeaseClaimOptions;
  /** Until then (monotonic) nobody else can have taken the lease. */
  heldUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: LeaseClaimOptions) {
    this.#options = options;
  }

  /** Writes the term and a fresh stamp, or makes the lease. Throws whatever kept that from being done. */
  async write(term: Term, signal: AbortSignal): Promise<void> {
    const { clock, leaseDurationMs, renewDeadlineMs } = this.#options;
    const startMs = clock.monotonicMs();
    await this.#put({ ...term, leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000) }, signal);
    // Others count from when they see the renewal, which is after it was sent.
    this.heldUntilMs = startMs + renewDeadlineMs;
  }

  /** Throws `Taken` when the lease is surely somebody else's, and whatever else kept it from being renewed. */
  async renew(term: Term, signal: AbortSignal): Promise<void> {
    const { watch } = this.#options;
    let isCertain = isInTerm(watch.lease, term);
    for (let conflicts = 0; ; conflicts += 1) {
      if (!isCertain) await watch.look(signal);
      if (watch.lease !== undefined && !isInTerm(watch.lease, term)) throw new Taken(watch.lease);
      try {
        await this.write(term, signal);
        return;
      } catch (error) {
        if (!this.isRace(error) || conflicts === mostConflicts) throw error;
        isCertain = false;
      }
    }
  }

  /** Lets the next one take it at once; does nothing when it is somebody else's already. */
  async release(term: Term, signal: AbortSignal): Promise<void> {
    const { watch } = this.#options;
    for (let conflicts = 0; isInTerm(watch.lease, term); conflicts += 1) {
      try {
        await this.#put({ holderIdentity: '', leaseDurationSeconds: 1 }, signal);
      } catch (error) {
        if (!this.isRace(error) || conflicts === mostConflicts) throw error;
        await watch.look(signal);
      }
    }
  }

  /** The lease is not as we knew it: changed, made or deleted meanwhile. */
  isRace(error: unknown): boolean {
    if (isApiError(error, 'Conflict') || isApiError(error, 'AlreadyExists')) return true;
    // Where there was none to change, it is the namespace that is missing.
    return isApiError(error, 'NotFound') && this.#options.watch.lease !== undefined;
  }

  async #put(changes: LeaseSpec, signal: AbortSignal): Promise<void> {
    const { api, lease: metadata, clock, watch } = this.#options;
    const { lease } = watch;
    const spec: LeaseSpec = { ...lease?.spec, ...changes, renewTime: microTime(clock.now()) };
    const written =
      lease === undefined
        ? await api.create(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }, signal)
        : await guardedPatch(api, leases, lease, [{ op: 'add', path: '/spec', value: spec }], { signal });
    watch.learn(written);
  }
}

/** Somebody else holds the lease. */
export class Taken extends Error {
  constructor({ spec }: Lease) {
    super(spec?.holderIdentity ? `${spec.holderIdentity} holds it` : 'somebody released it');
  }
}
