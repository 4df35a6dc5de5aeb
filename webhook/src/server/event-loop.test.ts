import { FakeClock } from '@leafway/reconciler/testing';
import { expect, test } from 'vitest';
import { createEventLoopDelay, type DelaySample } from './event-loop.ts';

test('a process is overloaded as long as most of its timers come late, not by one long stop', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  let sample: DelaySample = { medianMs: 0, p99Ms: 900, maxMs: 3_000 };
  const delay = createEventLoopDelay({ take: () => sample }, clock);
  delay.run(stop.signal);
  await clock.advance(5_000);
  expect(delay.latest()).toEqual(sample);
  expect(delay.problem()).toBeUndefined();
  sample = { medianMs: 800, p99Ms: 900, maxMs: 3_000 };
  await clock.advance(5_000);
  expect(delay.problem()).toBe('overloaded: timers are 800 ms late');
  sample = { medianMs: 2, p99Ms: 900, maxMs: 3_000 };
  await clock.advance(5_000);
  expect(delay.problem()).toBeUndefined();
  stop.abort();
  expect(clock.pendingTimers).toBe(0);
});
