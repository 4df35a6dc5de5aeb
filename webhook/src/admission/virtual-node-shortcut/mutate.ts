import { defaultShortcutSpec, type ShortcutSpec } from '@leafway/core';
import { additions } from '../additions.ts';
import { accepted, type Decision } from '../decision.ts';
import { isRecord } from '../json-value.ts';
import type { AdmissionRequest } from '../review.ts';

/**
 * Fills in what the spec leaves out, and changes nothing else: a complete spec gets no patch. It never refuses; a
 * spec that is not even an object is left to the validation.
 */
export function mutateShortcut({ object }: AdmissionRequest): Decision {
  const spec = isRecord(object) ? object.spec : undefined;
  // `defaultShortcutSpec` copes with any value: it fills only objects that are there.
  return { ...accepted, patch: additions(spec, defaultShortcutSpec(spec as ShortcutSpec), '/spec') };
}
