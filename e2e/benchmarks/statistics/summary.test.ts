import { describe, expect, it } from 'vitest';
import { alternate } from './alternate.ts';
import { median, quantile, summarize } from './summary.ts';

describe('a summary', () => {
  it('tells median, quartiles and ends, whatever the order of the samples', () => {
    expect(summarize([50, 10, 40, 20, 30])).toEqual({ median: 30, min: 10, max: 50, q1: 20, q3: 40, count: 5 });
  });

  it('takes the middle of two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('does not sort numbers as words', () => {
    expect(median([9, 10, 100])).toBe(10);
  });

  it('lies between two samples in proportion', () => {
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
    expect(quantile([7], 0.95)).toBe(7);
  });

  it('of nothing is an error, not a number', () => {
    expect(() => summarize([])).toThrow(RangeError);
    expect(() => median([])).toThrow('no samples');
  });
});

describe('the order of two settings', () => {
  it('is A B B A, so that both meet a drift alike', () => {
    expect(alternate('a', 'b', 4).join('')).toBe('abbaabba');
    expect(alternate('a', 'b', 1)).toEqual(['a', 'b']);
  });
});
