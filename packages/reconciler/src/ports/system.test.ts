import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './system.ts';

const dayMs = 24 * 60 * 60 * 1000;

describe('the clock of the machine', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for longer than a timer of Node can', () => {
    const fn = vi.fn();
    systemClock.setTimer(60 * dayMs, fn);
    vi.advanceTimersByTime(60 * dayMs - 1);
    expect(fn).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fn).toHaveBeenCalledOnce();
  });

  it('cancels such a wait at any time', () => {
    const fn = vi.fn();
    const cancel = systemClock.setTimer(Number.POSITIVE_INFINITY, fn);
    vi.advanceTimersByTime(40 * dayMs);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
    expect(fn).not.toHaveBeenCalled();
  });
});
