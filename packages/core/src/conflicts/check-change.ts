import type { VirtualNodeShortcut } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { hasOwnObjects } from './existing-link.ts';

/**
 * What must not be changed about a shortcut: anything once it is being deleted, ever which two clusters it links, and
 * that it keeps the link that it has. The order of the clusters has no meaning.
 */
export function checkChange(before: VirtualNodeShortcut, after: VirtualNodeShortcut): Problem[] {
  return [...checkLeaving(after), ...checkSamePair(before, after), ...checkOwnLink(before, after)];
}

/** The link is being taken down by the spec as it stood; no later wish can be carried out. */
function checkLeaving({ metadata: { name, deletionTimestamp } }: VirtualNodeShortcut): Problem[] {
  if (deletionTimestamp === undefined) return [];
  const message = `the VirtualNodeShortcut "${name}" is being deleted: its spec cannot be changed any more; create it anew when it is gone`;
  return [problem('spec', 'CORE_SHORTCUT_LEAVING', message)];
}

/** Observing is for links of others: what a shortcut made or took over is its own, and somebody has to keep it. */
function checkOwnLink(before: VirtualNodeShortcut, { spec }: VirtualNodeShortcut): Problem[] {
  if (spec.existing !== 'Observe' || before.spec.existing === 'Observe' || !hasOwnObjects(before)) return [];
  const message =
    'the link of this shortcut is its own, so it cannot be observed only: to give it up, set deletionPolicy to Orphan, delete this shortcut, and create it anew with Observe';
  return [problem('spec.existing', 'CORE_OWN_LINK', message)];
}

function checkSamePair(before: VirtualNodeShortcut, after: VirtualNodeShortcut): Problem[] {
  const were = before.spec.clusters.map(({ id }) => id);
  if (after.spec.clusters.every(({ id }) => were.includes(id))) return [];
  const message = `this shortcut links ${were.join(' and ')}, which cannot be changed: delete it and create one for the other pair`;
  return [problem('spec.clusters', 'CORE_PAIR_CHANGED', message)];
}
