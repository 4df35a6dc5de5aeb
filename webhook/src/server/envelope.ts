import type { Problem } from '@leafway/core';
import { type AdmissionRequest, ReviewRejected, readReview } from '../admission/review.ts';
import { faultText, fieldOf } from './json/fault-text.ts';
import type { JsonFault } from './json/faults.ts';
import { parseStrictJson } from './json/strict-json.ts';

/** An AdmissionReview as it was read. */
export interface Envelope {
  readonly request: AdmissionRequest;
  /** What makes the objects in it unfit to be judged, whatever they say; almost always nothing. */
  readonly problems: readonly Problem[];
  /** It is not even sure what the objects are: then not even a request that leaves the spec alone is allowed. */
  readonly isAmbiguous: boolean;
}

/**
 * Reads the body of a request. Throws `JsonRejected` or `ReviewRejected` when nobody can be answered, since there is
 * no AdmissionReview with a uid, or not surely one.
 */
export function readEnvelope(bytes: Buffer): Envelope {
  const { value, faults } = parseStrictJson(bytes);
  if (faults.length === 0) return { request: readReview(value), problems: [], isAmbiguous: false };
  const outside = faults.find((fault) => partOf(fault) === 'envelope');
  if (outside !== undefined) throw new ReviewRejected(faultText(outside));
  // The old object is stored already: it may be as it is, and the way to repair it has to stay open.
  const relevant = faults.filter((fault) => partOf(fault) === 'object' || fault.isAmbiguous);
  return {
    request: readReview(value),
    problems: relevant.map(({ path, message }) => ({ path: fieldOf(path.slice(2)), code: 'WEBHOOK_JSON', message })),
    isAmbiguous: relevant.some((fault) => fault.isAmbiguous),
  };
}

function partOf({ path: [root, part] }: JsonFault): 'object' | 'oldObject' | 'envelope' {
  return root === 'request' && (part === 'object' || part === 'oldObject') ? part : 'envelope';
}
