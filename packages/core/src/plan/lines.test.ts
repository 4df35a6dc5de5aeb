import { describe, expect, it } from 'vitest';
import { limitLines } from './lines.ts';

describe('the lines of an answer', () => {
  const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

  it('are all there when they are ten', () => {
    expect(limitLines(numbered(10))).toEqual(numbered(10));
  });

  it('are ten when they are more, and the last one counts those left out', () => {
    expect(limitLines(numbered(11))).toEqual([...numbered(9), '2 less important lines are left out']);
  });

  it('are said once', () => {
    expect(limitLines([...numbered(10), ...numbered(10)])).toEqual(numbered(10));
  });
});
