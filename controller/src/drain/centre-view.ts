import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import {
  type Cache,
  type Clock,
  createCache,
  createLeaseSuspension,
  isApiError,
  type KubeApi,
  type LeaseSuspension,
  type Logger,
  type Random,
  sleep,
} from '@leafway/reconciler';

/** The central cluster, time, and where is told what was done. */
export interface CentreViewDependencies {
  readonly central: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** What a drain that leads is called in the lease. */
const identity = 'leafway-drain';
/** For so long no controller leads after a drain: whoever drains removes them meanwhile, or they go on. */
const restMs = 60_000;
/** How often to look around where no watch tells: time passes, leases run out. */
const lookMs = 1_000;
/** Changes come in bursts; one look is enough for all of them. */
const burstMs = 50;

/** What a drain sees of the central cluster, kept by watches: shortcuts, leaves, and whether a controller leads. */
export class CentreView {
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  readonly leaves: Cache<LeafCluster>;
  readonly lease: LeaseSuspension;
  readonly #clock: Clock;
  #isLeaseKnown = false;
  #news = new AbortController();

  constructor(
    { central: api, clock, random, log }: CentreViewDependencies,
    lease: { readonly namespace: string; readonly name: string },
  ) {
    const common = { api, clock, random, log };
    this.#clock = clock;
    this.shortcuts = createCache({ ...common, type: kinds.shortcuts });
    this.leaves = createCache({ ...common, type: kinds.leafClusters });
    this.lease = createLeaseSuspension({ ...common, lease, identity, durationMs: restMs });
    for (const cache of [this.shortcuts, this.leaves]) {
      cache.onChange(() => this.#wake());
      cache.onProblem(() => this.#wake());
    }
  }

  /** Follows everything until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    void this.lease.whenKnown(signal).then(
      () => {
        this.#isLeaseKnown = true;
        this.#wake();
      },
      () => undefined,
    );
    await Promise.all([this.shortcuts.run(signal), this.leaves.run(signal), this.lease.run(signal)]);
  }

  /**
   * All of it is as the API server has it now; a kind that the server does not have has no objects. Throws `ApiError`
   * where no patience helps: a right is missing.
   */
  get isCurrent(): boolean {
    const problems = [this.shortcuts, this.leaves].map(({ problem }) => problem);
    const refusal = problems.find((problem) => isApiError(problem, 'Forbidden') || isApiError(problem, 'Unauthorized'));
    if (refusal !== undefined) throw refusal;
    const isRead = [this.shortcuts, this.leaves].every(
      ({ synced, problem }) => (synced && problem === undefined) || isApiError(problem, 'NotFound'),
    );
    return isRead && this.#isLeaseKnown;
  }

  /** A promise of the next change from now on, or that some time has passed. Rejects when the signal aborts. */
  nextChange(): (signal: AbortSignal) => Promise<void> {
    const news = [this.#news.signal, this.lease.news];
    return async (signal) => {
      await sleep(this.#clock, lookMs, AbortSignal.any([signal, ...news]));
      await sleep(this.#clock, burstMs, signal);
      signal.throwIfAborted();
    };
  }

  #wake(): void {
    this.#news.abort();
    this.#news = new AbortController();
  }
}
