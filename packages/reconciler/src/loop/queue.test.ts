import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { KeyedQueue } from './queue.ts';

/** Adds, works and finishes in any order and on several workers, and looks at every step. */
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ do: fc.constant('take' as const) }),
  fc.record({ do: fc.constant('finish' as const), which: fc.nat({ max: 5 }) }),
);

test('no key is worked on twice at once, and no wish is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const queue = new KeyedQueue(new FakeClock(), seededRandom());
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
  const queue = new KeyedQueue(new FakeClock(), seededRandom());
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
