import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimer: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

/** Good enough for jitter; not for secrets. */
export const systemRandom: Random = { next: () => Math.random() };
