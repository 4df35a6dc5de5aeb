import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import {
  type Cache,
  type Clock,
  createCache,
  createLeaseSuspension,
  isApiError,
  type KubeApi,
  type KubeObject,
  type LeaseSuspension,
  type Logger,
  type Random,
  sleep,
} from '@leafway/reconciler';
import { type Connection, connectionTypes } from '../compatibility/connection.ts';

/** The ports of a view: the central cluster, time, and a log. */
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

/** What to look at, beside shortcuts and leaves. */
export interface CentreViewOptions {
  /** The lease by which the controllers agree on who leads. */
  readonly lease: { readonly namespace: string; readonly name: string };
  /** Whether the controllers carry connections out, too. */
  readonly compatibility?: boolean | undefined;
}

/** What a drain sees of the central cluster, kept by watches: shortcuts, leaves, and whether a controller leads. */
export class CentreView {
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  readonly leaves: Cache<LeafCluster>;
  /** One for each kind of connection; none where connections are nobody's. */
  readonly connections: readonly Cache<Connection>[];
  readonly lease: LeaseSuspension;
  readonly #clock: Clock;
  #isLeaseKnown = false;
  #news = new AbortController();

  constructor(
    { central: api, clock, random, log }: CentreViewDependencies,
    { lease, compatibility = false }: CentreViewOptions,
  ) {
    const common = { api, clock, random, log };
    this.#clock = clock;
    this.shortcuts = createCache({ ...common, type: kinds.shortcuts });
    this.leaves = createCache({ ...common, type: kinds.leafClusters });
    const types = compatibility ? connectionTypes : [];
    this.connections = types.map((type) => createCache<Connection>({ ...common, type }));
    this.lease = createLeaseSuspension({ ...common, lease, identity, durationMs: restMs });
    for (const cache of this.#caches) {
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
    await Promise.all([...this.#caches.map((cache) => cache.run(signal)), this.lease.run(signal)]);
  }

  /**
   * All of it is as the API server has it now; a kind that the server does not have has no objects. Throws `ApiError`
   * where no patience helps: a right is missing.
   */
  get isCurrent(): boolean {
    const problems = this.#caches.map(({ problem }) => problem);
    const refusal = problems.find((problem) => isApiError(problem, 'Forbidden') || isApiError(problem, 'Unauthorized'));
    if (refusal !== undefined) throw refusal;
    const isRead = this.#caches.every(
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

  get #caches(): readonly Pick<Cache<KubeObject>, 'run' | 'synced' | 'problem' | 'onChange' | 'onProblem'>[] {
    return [this.shortcuts, this.leaves, ...this.connections];
  }

  #wake(): void {
    this.#news.abort();
    this.#news = new AbortController();
  }
}
