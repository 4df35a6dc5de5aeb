import { type Problem, reviewShortcut, type VirtualNodeShortcut, virtualNodeShortcutSchema } from '@leafway/core';
import { acceptedWith, type Decision, refused } from '../decision.ts';
import type { AdmissionRequest } from '../review.ts';
import { createSchemaCheck } from '../schema-check.ts';
import type { World } from '../world.ts';
import { findRivals, waitFor } from './rivals.ts';

/**
 * A validation that refuses a shortcut with every reason against it, or accepts it with its plan as warnings. It
 * re-checks everything and repairs nothing.
 */
export function createShortcutValidation(): (request: AdmissionRequest, world: World) => Decision {
  const checkSchema = createSchemaCheck(virtualNodeShortcutSchema);
  return (request, world) => {
    const malformed = checkSchema(request.object);
    if (malformed.length > 0) return refused(malformed);
    return judge(request.object as VirtualNodeShortcut, request.operation === 'UPDATE', world);
  };
}

function judge(shortcut: VirtualNodeShortcut, isStored: boolean, world: World): Decision {
  const { metadata, spec } = shortcut;
  if (metadata.deletionTimestamp !== undefined) return refused([editedWhileLeaving(shortcut)]);
  const rivals = findRivals(shortcut, isStored, world);
  const review = reviewShortcut({
    name: metadata.name,
    uid: metadata.uid,
    spec,
    centralClusterID: world.centralClusterID,
    leaves: (id) => world.leafCluster(id),
    shortcuts: rivals.living.map((other) => ({ name: other.metadata.name, uid: other.metadata.uid, spec: other.spec })),
  });
  const problems = [...review.problems, ...waitFor(shortcut, rivals.leaving)];
  if (problems.length > 0) return refused(problems);
  return acceptedWith([...review.warnings, ...worldWarnings(shortcut, world), ...losingWarnings(rivals.losing)]);
}

/** The link is being taken down by the spec as it stood; no later wish can be carried out. */
function editedWhileLeaving({ metadata: { name } }: VirtualNodeShortcut): Problem {
  return {
    path: 'spec',
    code: 'WEBHOOK_LEAVING',
    message: `the VirtualNodeShortcut "${name}" is being deleted: its spec can not be changed any more; create it anew when it is gone`,
  };
}

/** What the plan does not know: the state of the leaves now, and whether the centre could be told from a leaf. */
function worldWarnings({ spec }: VirtualNodeShortcut, world: World): string[] {
  const unreachable = spec.clusters.filter(({ id }) => isUnreachable(id, world));
  const warnings = unreachable.map(({ id }) => `LeafCluster ${id} is not reachable now: the link waits for it`);
  if (world.centralClusterID === undefined) {
    warnings.push("the central cluster's own ID is not known: it was not checked that neither end is the centre");
  }
  return warnings;
}

function isUnreachable(id: string, world: World): boolean {
  const conditions = world.leafCluster(id)?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Reachable' && status === 'False');
}

function losingWarnings(losing: readonly VirtualNodeShortcut[]): string[] {
  return losing.map(
    ({ metadata: { name } }) => `VirtualNodeShortcut ${name} is for the same pair, but younger: it has no effect`,
  );
}
