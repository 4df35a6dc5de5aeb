import type { RateLimit } from '../limits/token-bucket.ts';
import { TokenBucket } from '../limits/token-bucket.ts';
import type { BackOffLimits } from '../ports/back-off.ts';
import { backOffMs } from '../ports/back-off.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { QueueMetrics } from './queue-metrics.ts';

/** How soon keys whose runs fail are worked on again. */
export interface RetryLimits {
  /** Of one key: doubles with each failure in a row. */
  readonly backOff: BackOffLimits;
  /** Of all keys together that go on failing. */
  readonly rate: RateLimit;
}

/** So many failures in a row are anybody's: whoever lost a race does not wait for those that fail without end. */
const ownFailures = 3;

export interface QueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly retry: RetryLimits;
  readonly metrics: QueueMetrics;
}

interface Timer {
  readonly dueMs: number;
  readonly cancel: () => void;
}

/**
 * Keys to work on, with the semantics of client-go's work queue: a key waits at most once, is worked on by one
 * worker at a time, and when it is added during that work it waits for one more round. Unlike there, what waits when
 * the queue is stopped stays undone: whoever starts next looks at everything anyway.
 */
export class KeyedQueue {
  readonly #options: QueueOptions;
  readonly #rate: TokenBucket;
  /** Key → since when, for all three: keys that may be taken, that somebody works on, and that wait for the end of that. */
  readonly #waiting = new Map<string, number>();
  readonly #processing = new Map<string, number>();
  readonly #again = new Map<string, number>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();
  #stopped = false;
  #news = Promise.withResolvers<void>();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#rate = new TokenBucket(options.retry.rate, options.clock);
  }

  add(key: string): void {
    if (this.#stopped || this.#waiting.has(key) || this.#again.has(key)) return;
    const place = this.#processing.has(key) ? this.#again : this.#waiting;
    place.set(key, this.#nowMs());
    this.#options.metrics.added();
    this.#tellDepth();
    if (place === this.#waiting) this.#announce();
  }

  /** Adds the key later; of several such wishes for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const dueMs = this.#nowMs() + delayMs;
    const earlier = this.#timers.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) return;
    earlier?.cancel();
    const ring = (): void => {
      this.#timers.delete(key);
      this.add(key);
    };
    this.#timers.set(key, { dueMs, cancel: this.#options.clock.setTimer(delayMs, ring) });
  }

  /** The next key, which is the caller's until `finish`; `undefined` when the queue was stopped. */
  async next(): Promise<string | undefined> {
    while (!this.#stopped) {
      const key = this.#take();
      if (key !== undefined) return key;
      await this.#news.promise;
    }
    return undefined;
  }

  /** The work on this key is over. */
  finish(key: string): void {
    this.#options.metrics.worked(this.#nowMs() - (this.#processing.get(key) ?? this.#nowMs()));
    this.#processing.delete(key);
    const sinceMs = this.#again.get(key);
    if (sinceMs === undefined) return;
    this.#again.delete(key);
    this.#waiting.set(key, sinceMs);
    this.#announce();
  }

  /**
   * Adds the key again after a delay: the longest of its own, that of all which go on failing, if it does, and `atLeastMs`. Tells
   * the delay.
   */
  retry(key: string, atLeastMs: number): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const { retry, random, metrics } = this.#options;
    const sharedMs = failures > ownFailures ? this.#rate.take() : 0;
    const delayMs = Math.max(atLeastMs, backOffMs(failures, retry.backOff, random), sharedMs);
    metrics.retried();
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** The failures of this key are history. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Nothing comes out or goes in any more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#waiting.clear();
    this.#again.clear();
    this.#tellDepth();
    this.#announce();
  }

  #take(): string | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [key, sinceMs] = first;
    const nowMs = this.#nowMs();
    this.#waiting.delete(key);
    this.#processing.set(key, nowMs);
    this.#options.metrics.waited(nowMs - sinceMs);
    this.#tellDepth();
    return key;
  }

  #tellDepth(): void {
    this.#options.metrics.depth(this.#waiting.size + this.#again.size);
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
