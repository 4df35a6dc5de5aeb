import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyBudget } from './body-budget.ts';

const limits = { smallBodyBytes: 10, smallBodiesBytes: 40, largeBodiesBytes: 100 };

test('a body takes its first part from one purse and the rest from the other', () => {
  const budget = new BodyBudget(limits);
  expect(budget.resize(0, 110)).toBe(true);
  expect(budget.bytes).toBe(110);
  // The large purse is empty; a small body still finds room.
  expect(budget.resize(0, 11)).toBe(false);
  expect(budget.resize(0, 10)).toBe(true);
  expect(budget.bytes).toBe(120);
});

test('small bodies have their limit too', () => {
  const budget = new BodyBudget(limits);
  for (let body = 0; body < 4; body += 1) expect(budget.resize(0, 10)).toBe(true);
  expect(budget.resize(0, 1)).toBe(false);
  expect(budget.bytes).toBe(40);
});

test('whatever bodies come and go, no purse is overdrawn, and nothing is left when all have gone', () => {
  const step = fc.record({ body: fc.nat(5), bytes: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const budget = new BodyBudget(limits);
      const held = Array.from({ length: 6 }, () => 0);
      for (const { body, bytes } of steps) {
        const before = held[body] ?? 0;
        if (budget.resize(before, bytes)) held[body] = bytes;
        const small = held.reduce((sum, each) => sum + Math.min(each, limits.smallBodyBytes), 0);
        const all = held.reduce((sum, each) => sum + each, 0);
        expect(budget.bytes).toBe(all);
        expect(small).toBeLessThanOrEqual(limits.smallBodiesBytes);
        expect(all - small).toBeLessThanOrEqual(limits.largeBodiesBytes);
      }
      for (const bytes of held) budget.resize(bytes, 0);
      expect(budget.bytes).toBe(0);
    }),
  );
});
