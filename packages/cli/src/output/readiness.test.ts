import { expect, it } from 'vitest';
import { aCondition, aShortcut, readyStatus } from '../testing/builders.ts';
import { isReady, missing } from './readiness.ts';

it('does not take Ready of an earlier spec for an answer, and says that the new one is under way', () => {
  const status = readyStatus(['rome', 'milan']);
  const current = ['Accepted', 'Connected'].map((type) => ({ ...aCondition(type, 'True'), observedGeneration: 2 }));
  const shortcut = aShortcut('milan-rome', ['rome', 'milan'], {
    ...status,
    conditions: [...current, aCondition('Ready', 'True')],
  });
  shortcut.metadata.generation = 2;
  expect(isReady(shortcut)).toBe(false);
  expect(missing(shortcut)).toEqual({ type: 'Ready', message: 'The last change of its spec is not carried out yet.' });
});
