import { checkChange, type Problem, type VirtualNodeShortcut, virtualNodeShortcutSchema } from '@leafway/core';
import { acceptedWith, type Decision, refused } from '../decision.ts';
import { isRecord } from '../json-value.ts';
import type { AdmissionRequest } from '../review.ts';
import { createSchemaCheck } from '../schema-check.ts';
import type { World } from '../world.ts';

/** What is stored could be from another version, or written while there was no schema; what it links is not known. */
const unknownBefore: Problem = {
  path: 'spec',
  code: 'WEBHOOK_SCHEMA',
  message: 'what is stored under this name is no shortcut of this version: delete it and create it anew',
};

/**
 * A validation that refuses a shortcut with every reason against it, or accepts it with its plan as warnings. It
 * re-checks everything and repairs nothing.
 */
export function createShortcutValidation(): (request: AdmissionRequest, world: World) => Decision {
  const checkSchema = createSchemaCheck(virtualNodeShortcutSchema);
  return ({ operation, object, oldObject }, { fleet }) => {
    const malformed = checkSchema(object);
    if (malformed.length > 0) return refused(malformed);
    const shortcut = object as VirtualNodeShortcut;
    const isStored = operation === 'UPDATE';
    if (isStored && checkSchema(onlyClusters(oldObject)).length > 0) return refused([unknownBefore]);
    const misfits = isStored ? checkChange(oldObject as VirtualNodeShortcut, shortcut) : [];
    const review = fleet.review(shortcut, { isStored });
    const problems = [...misfits, ...review.problems];
    return problems.length > 0 ? refused(problems) : acceptedWith(review.warnings);
  };
}

/** An object without those of its fields that do not tell what it links: they may be what has to be repaired. */
function onlyClusters(object: unknown): unknown {
  if (!isRecord(object) || !isRecord(object.spec)) return object;
  return { ...object, spec: { clusters: object.spec.clusters } };
}
