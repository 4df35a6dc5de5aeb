import { expect, test } from 'vitest';
import { compareResourceVersions, isNewer } from './resource-version.ts';

test('decimal versions are compared as numbers of any length', () => {
  expect(isNewer('10', '9')).toBe(true);
  expect(isNewer('9', '10')).toBe(false);
  expect(isNewer('99999999999999999999', '99999999999999999998')).toBe(true);
  expect(compareResourceVersions('7', '7')).toBe(0);
});

test('versions that are no plain decimal number have no order, but may be the same', () => {
  expect(compareResourceVersions('a1', '2')).toBeUndefined();
  expect(compareResourceVersions('010', '9')).toBeUndefined();
  expect(compareResourceVersions(undefined, '1')).toBeUndefined();
  expect(compareResourceVersions('a1', 'a1')).toBe(0);
  expect(isNewer('b', 'a')).toBe(false);
});
