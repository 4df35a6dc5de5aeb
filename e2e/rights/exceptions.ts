import type { Exceptions } from './compare.ts';

/** Where granted and used rights differ for a reason. An entry that applies to nothing fails the comparison, too. */
export const exceptions: Exceptions = {
  unused: [],
  forbidden: [],
};
