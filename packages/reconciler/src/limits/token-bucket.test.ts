import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { TokenBucket } from './token-bucket.ts';

test('a burst is free, what comes after it waits its turn, and rest fills it again', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, clock);
  const take = (times: number): number[] => Array.from({ length: times }, () => Math.round(bucket.take()));
  expect(take(5)).toEqual([0, 0, 0, 100, 200]);
  await clock.advance(300);
  expect(take(2)).toEqual([0, 100]);
  await clock.advance(60_000);
  expect(take(4)).toEqual([0, 0, 0, 100]);
});

test('a right that cannot be used now is not taken', async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ perSecond: 1, burst: 2 }, clock);
  const tries = Array.from({ length: 5 }, () => bucket.tryTake());
  expect(tries).toEqual([true, true, false, false, false]);
  await clock.advance(1_000);
  expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
});
