import { expect, test } from 'vitest';
import { sleep } from '../ports/clock.ts';
import { FakeClock } from './fake-clock.ts';

test('timers fire in the order of their times, each at its time, also those set on the way', async () => {
  const clock = new FakeClock('2026-01-01T00:00:00Z');
  const fired: string[] = [];
  const fire = (name: string) => () => fired.push(`${name} at ${clock.monotonicMs()}`);
  clock.setTimer(300, fire('late'));
  clock.setTimer(100, () => {
    fire('early')();
    clock.setTimer(50, fire('set on the way'));
  });
  clock.setTimer(200, fire('cancelled'))();
  await clock.advance(250);
  expect(fired).toEqual(['early at 100', 'set on the way at 150']);
  await clock.advance(50);
  expect(fired.at(-1)).toBe('late at 300');
  expect(clock.now().toISOString()).toBe('2026-01-01T00:00:00.300Z');
});

test('a sleep ends after its time or when its signal aborts, and leaves no timer', async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const ended: string[] = [];
  void sleep(clock, 100, abort.signal).then(() => ended.push('slept'));
  void sleep(clock, 9_000, abort.signal).then(() => ended.push('aborted'));
  await clock.advance(100);
  expect(ended).toEqual(['slept']);
  abort.abort();
  await clock.settle();
  expect([ended, clock.pendingTimers]).toEqual([['slept', 'aborted'], 0]);
  await sleep(clock, 1, abort.signal);
});
