import { expect, it } from 'vitest';
import { CoreError, coreCodes, isCoreError } from './errors.ts';

it('an error is known by its name, not by its class, since two copies of the package can be installed', () => {
  const fromAnotherCopy = Object.assign(new Error('x'), { name: 'CoreError', code: 'CORE_CIDR_SYNTAX' });
  expect(isCoreError(fromAnotherCopy)).toBe(true);
  expect(isCoreError(new CoreError('CORE_CIDR_SYNTAX', 'x'))).toBe(true);
  expect(isCoreError(new Error('x'))).toBe(false);
  expect(isCoreError('CoreError')).toBe(false);
});

it('every code carries the prefix of the package', () => {
  expect(Object.keys(coreCodes).filter((code) => !/^CORE_[A-Z_]+$/.test(code))).toEqual([]);
});
