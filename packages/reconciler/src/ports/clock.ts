/** Time as this package sees it: injected, so that tests decide how fast it passes. */
export interface Clock {
  /** The wall clock, for stamps that people read. */
  now(): Date;
  /** Milliseconds since an arbitrary start; never goes back. For measuring durations. */
  monotonicMs(): number;
  /** Calls `fn` once after `ms` milliseconds, however many, and never for Infinity; the returned function cancels that. */
  setTimer(ms: number, fn: () => void): () => void;
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const wake = (): void => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.setTimer(ms, wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
