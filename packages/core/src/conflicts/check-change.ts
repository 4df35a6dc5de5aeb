import type { VirtualNodeShortcut } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';

/**
 * What must not be changed about a shortcut: anything once it is being deleted, and ever which two clusters it links.
 * The order of the clusters has no meaning.
 */
export function checkChange(before: VirtualNodeShortcut, after: VirtualNodeShortcut): Problem[] {
  return [...checkLeaving(after), ...checkSamePair(before, after)];
}

/** The link is being taken down by the spec as it stood; no later wish can be carried out. */
function checkLeaving({ metadata: { name, deletionTimestamp } }: VirtualNodeShortcut): Problem[] {
  if (deletionTimestamp === undefined) return [];
  const message = `the VirtualNodeShortcut "${name}" is being deleted: its spec cannot be changed any more; create it anew when it is gone`;
  return [problem('spec', 'CORE_SHORTCUT_LEAVING', message)];
}

function checkSamePair(before: VirtualNodeShortcut, after: VirtualNodeShortcut): Problem[] {
  const were = before.spec.clusters.map(({ id }) => id);
  if (after.spec.clusters.every(({ id }) => were.includes(id))) return [];
  const message = `this shortcut links ${were.join(' and ')}, which cannot be changed: delete it and create one for the other pair`;
  return [problem('spec.clusters', 'CORE_PAIR_CHANGED', message)];
}
