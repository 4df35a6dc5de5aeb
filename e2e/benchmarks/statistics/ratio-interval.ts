import { median, quantile } from './summary.ts';

/** A ratio and how sure it is. */
export interface RatioInterval {
  /** The median of the pairs' ratios. */
  readonly ratio: number;
  /** With 95 % probability the ratio lies from here… */
  readonly low: number;
  /** …to here. */
  readonly high: number;
  readonly pairs: number;
}

const resamples = 10_000;
const seed = 20_240_601;

/**
 * The ratio of two things that were measured in pairs, first to second. The interval comes from the bootstrap: the
 * median of as many ratios drawn with repetition, ten thousand times; the same pairs give the same interval.
 * Throws RangeError without pairs.
 */
export function ratioInterval(pairs: readonly (readonly [number, number])[]): RatioInterval {
  const ratios = pairs.map(([first, second]) => first / second);
  const random = createRandom(seed);
  const medians = Array.from({ length: resamples }, () => median(drawWithRepetition(ratios, random)));
  return {
    ratio: median(ratios),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
    pairs: pairs.length,
  };
}

function drawWithRepetition(values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] as number);
}

/** Numbers from 0 to below 1, always the same ones: mulberry32, whose period is far longer than what is drawn here. */
function createRandom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
