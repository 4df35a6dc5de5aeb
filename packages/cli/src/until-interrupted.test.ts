import { describe, expect, it } from 'vitest';
import { untilInterrupted } from './until-interrupted.ts';

const never = new Promise<never>(() => {});
const interruption = { name: 'LabError', code: 'LAB_INTERRUPTED' };

describe('untilInterrupted', () => {
  it('passes on what the work says, good or bad', async () => {
    const { signal } = new AbortController();
    await expect(untilInterrupted(signal, Promise.resolve(7))).resolves.toBe(7);
    await expect(untilInterrupted(signal, Promise.reject(new Error('no path')))).rejects.toThrow('no path');
  });

  it('ends as interrupted when the user interrupts, now or before', async () => {
    const user = new AbortController();
    const waiting = untilInterrupted(user.signal, never);
    user.abort();
    await expect(waiting).rejects.toMatchObject(interruption);
    await expect(untilInterrupted(user.signal, never)).rejects.toMatchObject(interruption);
  });
});
