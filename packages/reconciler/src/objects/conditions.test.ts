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

test('a message of any length and content is cut to one that can be written, and read back equal', () => {
  const messageOf = (message: string) => setCondition([], { ...ready, message }, now)[0]?.message;
  expect(messageOf('x'.repeat(1_024))).toBe('x'.repeat(1_024));
  expect(messageOf('x'.repeat(1_025))).toBe(`${'x'.repeat(1_023)}…`);
  for (const message of ['😀'.repeat(5_000), `x${'😀'.repeat(5_000)}`, 'half \ud83d']) {
    const written = messageOf(message) ?? '';
    expect(written.length).toBeLessThanOrEqual(1_024);
    expect(Buffer.from(written).toString()).toBe(written);
  }
});

test('a message commands no terminal, and may have lines', () => {
  const message = 'refused:\n\t- no\u001b]0;title\u0007\r\u009b2J';
  expect(setCondition([], { ...ready, message }, now)[0]?.message).toBe(
    'refused:\n\t- no\ufffd]0;title\ufffd\ufffd\ufffd2J',
  );
});

test('a condition is found by its type', () => {
  expect(findCondition([accepted, ready], 'Ready')).toBe(ready);
  expect(findCondition(undefined, 'Ready')).toBeUndefined();
});
