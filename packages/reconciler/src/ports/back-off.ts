import type { Random } from './random.ts';

/** The shortest and the longest wait, in milliseconds. */
export interface BackOffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait after the given number of failures in a row (1 or more): doubles from `minMs` to `maxMs`,
 * then takes a random half off, so that many who failed together do not come back together.
 * Never less than `minMs`.
 */
export function backOffMs(failures: number, limits: BackOffLimits, random: Random): number {
  const full = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(failures, 32));
  return Math.max(limits.minMs, full * (1 - random.next() / 2));
}
