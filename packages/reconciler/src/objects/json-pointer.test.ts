import { expect, test } from 'vitest';
import { applyJsonPatch } from '../testing/json-patch.ts';
import { escapePointer, pointerKeys } from './json-pointer.ts';

test.each([
  ['plain', 'plain'],
  ['leafway.dev/probe', 'leafway.dev~1probe'],
  ['a~b', 'a~0b'],
  ['a~1b/c', 'a~01b~1c'],
])('the key %s is the segment %s of a patch, and nothing else', (key, segment) => {
  expect(escapePointer(key)).toBe(segment);
  expect(pointerKeys(`/first/${segment}`)).toEqual(['first', key]);
  const document = {};
  applyJsonPatch(document, [{ op: 'add', path: `/${escapePointer(key)}`, value: 1 }]);
  expect(document).toEqual({ [key]: 1 });
});
