import { expect, test } from 'vitest';
import type { Condition } from './conditions.ts';
import { findCondition, setCondition } from './conditions.ts';

const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Up',
  message: 'up',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};
const accepted: Condition = { ...ready, type: 'Accepted' };
const now = new Date('2026-02-03T04:05:06.789Z');

test('a new condition goes to the end, stamped in whole seconds', () => {
  const next = setCondition(
    [accepted],
    { type: 'Ready', status: 'False', reason: 'Down', message: 'down', observedGeneration: 2 },
    now,
  );
  expect(next).toEqual([
    accepted,
    {
      type: 'Ready',
      status: 'False',
      reason: 'Down',
      message: 'down',
      observedGeneration: 2,
      lastTransitionTime: '2026-02-03T04:05:06Z',
    },
  ]);
});

test('a condition keeps its place, and its stamp while its status stays', () => {
  const same = setCondition(
    [ready, accepted],
    { type: 'Ready', status: 'True', reason: 'Better', message: 'all up' },
    now,
  );
  expect(same).toEqual([{ ...ready, reason: 'Better', message: 'all up' }, accepted]);
  const flipped = setCondition(same, { type: 'Ready', status: 'Unknown', reason: 'Lost', message: '?' }, now);
  expect(flipped[0]?.lastTransitionTime).toBe('2026-02-03T04:05:06Z');
});

test('setting what is already so gives an equal list and leaves the given one alone', () => {
  const before = Object.freeze([ready]);
  const { lastTransitionTime: _, ...next } = ready;
  expect(setCondition(before, next, now)).toEqual(before);
});

test('a condition is found by its type', () => {
  expect(findCondition([accepted, ready], 'Ready')).toBe(ready);
  expect(findCondition(undefined, 'Ready')).toBeUndefined();
});
