import type { Clock } from '../ports/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;

  constructor(start: Date | string = '2026-01-01T00:00:00Z') {
    this.#startMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(ms: number, fn: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, ms), fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are waiting. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time on, firing timers in their order; asynchronous work gets its turn before, between and after. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await this.settle();
    for (let timer = this.#nextBy(endMs); timer !== undefined; timer = this.#nextBy(endMs)) {
      this.#timers.delete(timer);
      this.#elapsedMs = timer.dueMs;
      timer.fn();
      await this.settle();
    }
    this.#elapsedMs = endMs;
  }

  /** Lets asynchronous work that needs no time run until it waits. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #nextBy(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
