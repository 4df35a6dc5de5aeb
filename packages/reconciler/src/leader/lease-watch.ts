import type { KubeApi } from '../api/kube-api.ts';
import { createCache } from '../cache/create-cache.ts';
import { isNewer } from '../cache/resource-version.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import { type Lease, leases } from './lease.ts';

export interface LeaseWatchOptions {
  readonly api: KubeApi;
  readonly lease: { readonly namespace: string; readonly name: string };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** For a lease that does not say how long it is good for. */
  readonly leaseDurationMs: number;
}

/**
 * What is known of one lease, and how long its holder can rely on it. That is judged by when *we* saw it change, by
 * our monotonic clock: the stamps in it come from a clock that may be hours off.
 */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions;
  readonly #cache;
  #lease: Lease | undefined;
  #takenUntilMs = Number.NEGATIVE_INFINITY;
  #spec = '';
  #news = new AbortController();

  constructor(options: LeaseWatchOptions) {
    const { api, lease, clock, random, log } = options;
    this.#options = options;
    const selection = { namespace: lease.namespace, fieldSelector: `metadata.name=${lease.name}` };
    this.#cache = createCache<Lease>({ api, type: leases, ...selection, clock, random, log });
    this.#cache.onChange(({ after }) => this.#keep(after));
  }

  /** Its newest known state; `undefined` when it does not exist, or nothing is known yet. */
  get lease(): Lease | undefined {
    return this.#lease;
  }

  /**
   * From then on (monotonic) nobody relies on the lease: at once after a release, else when its duration has passed
   * since it last changed. Deleting the object does not end its holder's right to it.
   */
  get takenUntilMs(): number {
    return this.#takenUntilMs;
  }

  /** Aborts at the next change. */
  get news(): AbortSignal {
    return this.#news.signal;
  }

  /** Follows the lease until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return this.#cache.run(signal);
  }

  /** Resolves when the first list is complete; rejects only when the signal aborts. */
  whenSynced(signal: AbortSignal): Promise<void> {
    return this.#cache.whenSynced(signal);
  }

  /** Asks the server. */
  async look(signal: AbortSignal): Promise<void> {
    const { api, lease } = this.#options;
    const found = await api.get<Lease>(leases, lease, signal);
    if (found === undefined) this.#keep(undefined);
    else this.learn(found);
  }

  /** Takes over a state that came as an answer; no late watch event moves it back. */
  learn(lease: Lease): void {
    if (isNewer(this.#lease?.metadata.resourceVersion, lease.metadata.resourceVersion)) return;
    this.#cache.observe(lease);
    this.#keep(lease);
  }

  #keep(lease: Lease | undefined): void {
    this.#lease = lease;
    const spec = JSON.stringify(lease?.spec);
    // Labels and annotations are no sign of life.
    if (lease !== undefined && spec !== this.#spec) {
      this.#spec = spec;
      this.#takenUntilMs = this.#endOf(lease);
    }
    this.#news.abort();
    this.#news = new AbortController();
  }

  #endOf({ spec }: Lease): number {
    if (!spec?.holderIdentity) return Number.NEGATIVE_INFINITY;
    const { leaseDurationSeconds } = spec;
    const durationMs = leaseDurationSeconds ? leaseDurationSeconds * 1000 : this.#options.leaseDurationMs;
    return this.#options.clock.monotonicMs() + durationMs;
  }
}
