import { backOffMs } from '../ports/back-off.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';

const retry = { minMs: 50, maxMs: 60_000 };

interface Timer {
  readonly dueMs: number;
  readonly cancel: () => void;
}

/**
 * Keys to work on, with the semantics of client-go's work queue: a key waits at most once, is worked on by one
 * worker at a time, and when it is added during that work it waits for one more round.
 */
export class KeyedQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #waiting = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();
  #stopped = false;
  #news = Promise.withResolvers<void>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  add(key: string): void {
    if (this.#stopped) return;
    this.#waiting.add(key);
    this.#announce();
  }

  /** Adds the key later; of several such wishes for one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const dueMs = this.#clock.monotonicMs() + delayMs;
    const earlier = this.#timers.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) return;
    earlier?.cancel();
    const ring = (): void => {
      this.#timers.delete(key);
      this.add(key);
    };
    this.#timers.set(key, { dueMs, cancel: this.#clock.setTimer(delayMs, ring) });
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
    this.#processing.delete(key);
    if (this.#waiting.has(key)) this.#announce();
  }

  /** Adds the key again after a delay that doubles with each failure in a row; tells the delay. */
  retry(key: string, atLeastMs: number): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delayMs = Math.max(atLeastMs, backOffMs(failures, retry, this.#random));
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
    this.#announce();
  }

  #take(): string | undefined {
    for (const key of this.#waiting) {
      if (this.#processing.has(key)) continue;
      this.#waiting.delete(key);
      this.#processing.add(key);
      return key;
    }
    return undefined;
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
