import type { Problem } from '@leafway/core';
import type { JsonPatchOperation } from '@leafway/reconciler';
import type { AdmissionRequest } from './review.ts';

/** What is said about one request: with any problem it is refused, and then there is neither warning nor patch. */
export interface Decision {
  /** Lines for the user, at most 120 characters each; kubectl prints them. */
  readonly warnings: readonly string[];
  readonly problems: readonly Problem[];
  /** What to change in the object as it was received. */
  readonly patch: readonly JsonPatchOperation[];
}

/** Judges one request; pure but for what it reads. */
export type Judge = (request: AdmissionRequest) => Decision;

/** Yes, with nothing to say. */
export const accepted: Decision = { warnings: [], problems: [], patch: [] };

/** Yes, with something to read. */
export function acceptedWith(warnings: readonly string[]): Decision {
  return { ...accepted, warnings };
}

/** No, for these reasons. */
export function refused(problems: readonly Problem[]): Decision {
  return { ...accepted, problems };
}
