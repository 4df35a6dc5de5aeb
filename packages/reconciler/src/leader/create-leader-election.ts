import type { KubeApi } from '../api/kube-api.ts';
import { type Gauge, noMetrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import { sleep } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { guardWrites } from './guard.ts';
import type { LeaderElection, LeaderElectionOptions, LeaderElectionTimings } from './leader-election.ts';
import { isInTerm, nextTerm, type Term } from './lease.ts';
import { LeaseClaim, Taken } from './lease-claim.ts';
import { LeaseWatch } from './lease-watch.ts';

/**
 * Leader election; it does nothing before `run`. A standby watches the lease: it makes no request while another leads,
 * takes over at once after a release, and otherwise when the lease has not changed for its duration.
 * Throws `RangeError` for timings that cannot work.
 */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  return new LeaseElection(options);
}

const defaults: LeaderElectionTimings = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
/** After somebody else changed the lease at the same moment. */
const raceMs = 100;

class LeaseElection implements LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #timings: LeaderElectionTimings;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #status: Gauge;
  readonly #watch: LeaseWatch;
  readonly #claim: LeaseClaim;
  readonly #lost = new AbortController();

  constructor(options: LeaderElectionOptions) {
    const { lease, identity, metrics = noMetrics } = options;
    this.#options = options;
    this.#timings = checked({ ...defaults, ...options.timings });
    this.#clock = options.clock;
    this.#log = options.log.child({ lease: `${lease.namespace}/${lease.name}`, identity });
    this.#watch = new LeaseWatch({ ...options, ...this.#timings, log: this.#log });
    this.#claim = new LeaseClaim({ ...options, ...this.#timings, watch: this.#watch });
    this.#status = metrics.gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process leads: 1 for the leader, 0 for a standby.',
      labels: ['name'],
    });
    this.#status.set({ name: lease.name }, 0);
  }

  get isLeader(): boolean {
    return this.#clock.monotonicMs() < this.#claim.heldUntilMs;
  }

  guard<T extends KubeApi>(api: T): T {
    const { lease, identity } = this.#options;
    return guardWrites(api, {
      isOpen: () => this.isLeader,
      reason: `${identity} does not hold the lease ${lease.namespace}/${lease.name}`,
      closed: this.#lost.signal,
    });
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<'stopped' | 'lost'> {
    const watching = new AbortController();
    const watched = this.#watch.run(watching.signal);
    try {
      const term = await this.#campaign(signal);
      return term === undefined ? 'stopped' : await this.#lead(term, lead, signal);
    } finally {
      watching.abort();
      await watched;
    }
  }

  /** Waits for the lease and takes it; `undefined` when the signal aborts first. */
  async #campaign(signal: AbortSignal): Promise<Term | undefined> {
    let mustLook = true;
    let told: string | undefined;
    while (!signal.aborted) {
      try {
        if (mustLook) await this.#attempt((limit) => this.#watch.look(limit));
        mustLook = false;
        if (this.#isFree()) return await this.#take();
      } catch (err) {
        mustLook = true;
        await this.#recover(err, signal);
        continue;
      }
      told = this.#tellHolder(told);
      const takenMs = Math.max(0, this.#watch.takenUntilMs - this.#clock.monotonicMs());
      await sleep(this.#clock, takenMs, AbortSignal.any([signal, this.#watch.news]));
    }
    return undefined;
  }

  #isFree(): boolean {
    const isOurs = this.#watch.lease?.spec?.holderIdentity === this.#options.identity;
    return isOurs || this.#clock.monotonicMs() >= this.#watch.takenUntilMs;
  }

  /** Not under the signal of the campaign: a lease that we took without knowing it would hold up everybody. */
  async #take(): Promise<Term> {
    const term = nextTerm(this.#watch.lease, this.#options.identity, this.#clock.now());
    await this.#attempt((limit) => this.#claim.write(term, limit));
    this.#status.set({ name: this.#options.lease.name }, 1);
    this.#log.info({ transitions: term.leaseTransitions }, 'leading');
    return term;
  }

  async #recover(err: unknown, signal: AbortSignal): Promise<void> {
    const isRace = this.#claim.isRace(err);
    const waitMs = isRace ? raceMs : this.#timings.retryPeriodMs * (1 + this.#options.random.next() / 5);
    this.#log[isRace ? 'debug' : 'warn']({ err }, 'the lease could not be taken, trying again');
    await sleep(this.#clock, waitMs, signal);
  }

  #tellHolder(told: string | undefined): string | undefined {
    const holder = this.#watch.lease?.spec?.holderIdentity ?? undefined;
    if (holder !== told && holder !== undefined) this.#log.info({ holder }, 'standing by: another process leads');
    return holder;
  }

  /** Leads until `lead` has ended or the lease is lost. */
  async #lead(
    term: Term,
    lead: (signal: AbortSignal) => Promise<void>,
    stop: AbortSignal,
  ): Promise<'stopped' | 'lost'> {
    const over = new AbortController();
    const signal = AbortSignal.any([stop, this.#lost.signal]);
    const work = (async () => (stop.aborted ? undefined : lead(signal)))().finally(() => over.abort());
    // What it rejects with is for those who wait for it below.
    work.catch(() => {});
    const loss = await this.#renewUntil(over.signal, term);
    this.#claim.heldUntilMs = Number.NEGATIVE_INFINITY;
    this.#status.set({ name: this.#options.lease.name }, 0);
    if (loss !== undefined) {
      this.#log.error({ reason: loss }, 'the lease is lost: this process must not go on');
      this.#lost.abort(new Error(`the lease is lost: ${loss}`));
      return 'lost';
    }
    await this.#release(term);
    await work;
    return 'stopped';
  }

  /** Renews the lease until the signal aborts; resolves with the reason when it is lost before. */
  async #renewUntil(over: AbortSignal, term: Term): Promise<string | undefined> {
    let failed = false;
    while (!over.aborted) {
      await this.#pause(over, term, failed);
      if (over.aborted) break;
      const leftMs = this.#claim.heldUntilMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return `it was not renewed for ${this.#timings.renewDeadlineMs / 1000} s`;
      try {
        await this.#attempt((limit) => this.#claim.renew(term, AbortSignal.any([limit, over])), leftMs);
        failed = false;
      } catch (err) {
        if (err instanceof Taken) return err.message;
        failed = true;
        if (!over.aborted) this.#log.warn({ err }, 'the lease could not be renewed, trying again');
      }
    }
    return undefined;
  }

  /** Until the next renewal is due; shorter when the lease is no longer as we left it, unless that just failed. */
  async #pause(over: AbortSignal, term: Term, failed: boolean): Promise<void> {
    const now = (): number => this.#clock.monotonicMs();
    const { retryPeriodMs } = this.#timings;
    const untilMs = Math.min(now() + (failed ? retryPeriodMs / 4 : retryPeriodMs), this.#claim.heldUntilMs);
    while (!over.aborted && now() < untilMs) {
      if (!failed && !isInTerm(this.#watch.lease, term)) return;
      await sleep(this.#clock, untilMs - now(), AbortSignal.any([over, this.#watch.news]));
    }
  }

  async #release(term: Term): Promise<void> {
    try {
      await this.#attempt((limit) => this.#claim.release(term, limit));
      this.#log.info({}, 'the lease is released');
    } catch (err) {
      this.#log.warn({ err }, 'the lease could not be released: others wait until it runs out');
    }
  }

  /** One call to the server, short enough for another one before the renew deadline. */
  async #attempt<T>(call: (limit: AbortSignal) => Promise<T>, leftMs = Number.POSITIVE_INFINITY): Promise<T> {
    const limit = new AbortController();
    const limitMs = Math.min(leftMs, this.#timings.renewDeadlineMs / 2);
    const cancel = this.#clock.setTimer(limitMs, () => limit.abort());
    try {
      return await call(limit.signal);
    } finally {
      cancel();
    }
  }
}

function checked(timings: LeaderElectionTimings): LeaderElectionTimings {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = timings;
  if (leaseDurationMs > renewDeadlineMs && renewDeadlineMs > retryPeriodMs && retryPeriodMs > 0) return timings;
  throw new RangeError(
    `leader election needs leaseDurationMs > renewDeadlineMs > retryPeriodMs > 0, not ${leaseDurationMs}, ${renewDeadlineMs}, ${retryPeriodMs}`,
  );
}
