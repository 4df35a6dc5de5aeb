import { describe, expect, it } from 'vitest';
import { formatAge, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['60s', 60_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5s', 1_500],
    ['2h', 7_200_000],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text, '--timeout')).toBe(ms);
  });

  it.each(['60', 's', '-1s', '1 s', '1d', '', '5s or so', '0s'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text, '--timeout')).toThrow(/--timeout .*like 60s/);
  });
});

describe('formatAge', () => {
  const start = new Date('2026-01-01T00:00:00Z');
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [9 * 60 + 59, '9m59s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 120, '3h2m'],
    [47 * 3600, '47h'],
    [50 * 3600, '2d2h'],
    [100 * 86_400, '100d'],
    [800 * 86_400, '2y'],
  ])('says of %i s what kubectl says', (seconds, words) => {
    expect(formatAge(start.toISOString(), new Date(start.getTime() + seconds * 1_000))).toBe(words);
  });

  it('does not guess, and knows no future', () => {
    expect(formatAge(undefined, start)).toBe('<unknown>');
    expect(formatAge('2026-01-01T00:00:05Z', start)).toBe('0s');
  });
});
