import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** The longest wait that `setTimeout` knows, about 25 days: for a longer one it would not wait at all. */
const longestMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimer: (ms, fn) => {
    let timer: NodeJS.Timeout | undefined;
    const wait = (leftMs: number): void => {
      timer = setTimeout(() => (leftMs > longestMs ? wait(leftMs - longestMs) : fn()), Math.min(leftMs, longestMs));
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};

/** Good enough for jitter; not for secrets. */
export const systemRandom: Random = { next: () => Math.random() };
