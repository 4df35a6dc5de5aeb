import type { Clock } from '../ports/clock.ts';

/** A rate that many share: so many per second, and after a quiet time so many at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** Hands out the right to act, at the limit's rate; who comes too early is told how long to wait. */
export class TokenBucket {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  /** Below zero when rights were given out for times to come. */
  #tokens: number;
  #countedMs: number;

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#tokens = limit.burst;
    this.#countedMs = clock.monotonicMs();
  }

  /** Takes one right and tells after how many milliseconds it may be used. */
  take(): number {
    const nowMs = this.#clock.monotonicMs();
    const gained = ((nowMs - this.#countedMs) / 1000) * this.#limit.perSecond;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + gained) - 1;
    this.#countedMs = nowMs;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#limit.perSecond) * 1000;
  }

  /** Takes one right if it can be used now. */
  tryTake(): boolean {
    if (this.take() === 0) return true;
    this.#tokens += 1;
    return false;
  }
}
