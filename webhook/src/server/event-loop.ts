import type { Clock } from '@leafway/reconciler';

/** How late timers came in some span of time, in milliseconds. */
export interface DelaySample {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Measures how late timers come, outside of the event loop itself. */
export interface DelayMonitor {
  /** The delays since the last call. */
  take(): DelaySample;
}

/** How busy this process is. */
export interface EventLoopDelay {
  /** Of the last full span. */
  latest(): DelaySample;
  /** Why the process should get no more requests; `undefined` when it can keep up. */
  problem(): string | undefined;
  /** Measures until the signal aborts. */
  run(signal: AbortSignal): void;
}

const spanMs = 5_000;

/**
 * Half of the timers later than this for a whole span: then requests wait for so long, and another replica is better.
 * Short stops (one large body, a garbage collection) are no reason: under load all replicas have them at once, and
 * without any ready replica nothing is admitted at all.
 */
const overloadedMs = 500;

/** Follows how late timers come. */
export function createEventLoopDelay(monitor: DelayMonitor, clock: Clock): EventLoopDelay {
  let latest: DelaySample = { medianMs: 0, p99Ms: 0, maxMs: 0 };

  function run(signal: AbortSignal): void {
    let cancel = (): void => {};
    const measure = (): void => {
      latest = monitor.take();
      schedule();
    };
    const schedule = (): void => {
      if (!signal.aborted) cancel = clock.setTimer(spanMs, measure);
    };
    signal.addEventListener('abort', () => cancel(), { once: true });
    schedule();
  }

  return {
    latest: () => latest,
    problem: () =>
      latest.medianMs > overloadedMs ? `overloaded: timers are ${Math.round(latest.medianMs)} ms late` : undefined,
    run,
  };
}
