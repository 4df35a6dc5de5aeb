import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noMetrics } from '../metrics/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { KeyedQueue } from './queue.ts';
import { createQueueMetrics } from './queue-metrics.ts';

function aQueue(clock = new FakeClock()): KeyedQueue {
  return new KeyedQueue({
    clock,
    random: seededRandom(),
    retry: { backOff: { minMs: 50, maxMs: 60_000 }, rate: { perSecond: 10, burst: 100 } },
    metrics: createQueueMetrics(noMetrics, 'test'),
  });
}

/** Adds, works and finishes in any order and on several workers, and looks at every step. */
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('finish' as const), which: fc.nat({ max: 5 }) }),
);

test('no key is worked on twice at once, and no wish is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const queue = aQueue();
      const wished = new Set<string>();
      const working: string[] = [];
      for (const each of steps) {
        if (each.do === 'add') {
          queue.add(each.key);
          wished.add(each.key);
        } else if (each.do === 'take') {
          if (![...wished].some((key) => !working.includes(key))) continue;
          const key = await queue.next();
          expect(wished.has(key ?? '')).toBe(true);
          expect(working).not.toContain(key);
          wished.delete(key ?? '');
          working.push(key ?? '');
        } else if (working.length > 0) {
          const [key = ''] = working.splice(each.which % working.length, 1);
          queue.finish(key);
        }
      }
      for (const key of working) queue.finish(key);
      while (wished.size > 0) expect(wished.delete((await queue.next()) ?? '')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a worker that waits gets a key that is added or becomes free, and undefined when the queue stops', async () => {
  const queue = aQueue();
  const first = queue.next();
  queue.add('a');
  expect(await first).toBe('a');
  queue.add('a');
  const second = queue.next();
  queue.finish('a');
  expect(await second).toBe('a');
  const third = queue.next();
  queue.stop();
  expect(await third).toBeUndefined();
});

test('keys that go on failing come back at the rate that they share, and hold up nobody else', async () => {
  const clock = new FakeClock();
  const queue = aQueue(clock);
  const taken: string[] = [];
  const worker = async (): Promise<void> => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      taken.push(key);
      queue.finish(key);
    }
  };
  const working = worker();
  const failAll = (): void => {
    taken.length = 0;
    for (let i = 0; i < 150; i += 1) queue.retry(`key-${i}`, 0);
  };
  for (let round = 0; round < 3; round += 1) {
    failAll();
    await clock.advance(1_000);
    expect(taken).toHaveLength(150);
  }
  failAll();
  expect(queue.retry('fresh', 0)).toBeLessThanOrEqual(100);
  await clock.advance(1_005);
  expect(taken).toHaveLength(111); // A burst of 100, ten in the second, and the fresh one.
  await clock.advance(1_000);
  expect(taken).toHaveLength(121);
  await clock.advance(60_000);
  expect(taken).toHaveLength(151);
  queue.stop();
  await working;
});

test('one key that fails again and again waits longer each time, until it is forgotten', () => {
  const queue = aQueue();
  const waits = Array.from({ length: 14 }, () => queue.retry('a', 0));
  expect(waits[0]).toBeLessThanOrEqual(100);
  expect(waits.at(-1)).toBeGreaterThanOrEqual(30_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(60_000);
  queue.forget('a');
  expect(queue.retry('a', 0)).toBeLessThanOrEqual(100);
  expect(queue.retry('a', 7_000)).toBe(7_000);
  queue.stop();
});
