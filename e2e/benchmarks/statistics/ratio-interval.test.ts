import { describe, expect, it } from 'vitest';
import { ratioInterval } from './ratio-interval.ts';

const pairs = (ratios: readonly number[]) => ratios.map((ratio) => [ratio * 3, 3] as const);

describe('the interval of a ratio', () => {
  it('is the ratio itself where all pairs agree', () => {
    expect(ratioInterval(pairs([2, 2, 2]))).toEqual({ ratio: 2, low: 2, high: 2, pairs: 3 });
  });

  it('holds the ratio, within what was seen, and is the same every time', () => {
    const seen = [0.9, 1.1, 1, 0.95, 1.05, 1.2, 0.8, 1.02];
    const interval = ratioInterval(pairs(seen));
    expect(interval.ratio).toBeCloseTo(1.01);
    expect(interval.low).toBeGreaterThanOrEqual(0.8);
    expect(interval.low).toBeLessThan(interval.ratio);
    expect(interval.high).toBeGreaterThan(interval.ratio);
    expect(interval.high).toBeLessThanOrEqual(1.2);
    expect(ratioInterval(pairs(seen))).toEqual(interval);
  });

  it('is narrower with more pairs of the same kind', () => {
    const few = [0.9, 1.1, 1, 0.95, 1.05];
    const many = Array.from({ length: 20 }, () => few).flat();
    const width = (ratios: readonly number[]): number => {
      const { low, high } = ratioInterval(pairs(ratios));
      return high - low;
    };
    expect(width(many)).toBeLessThan(width(few));
  });

  it('of nothing is an error', () => {
    expect(() => ratioInterval([])).toThrow(RangeError);
  });
});
