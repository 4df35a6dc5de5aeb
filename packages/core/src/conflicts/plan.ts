import type { LeafCluster, VirtualNodeShortcut } from '../api/index.ts';
import { checkChange } from './check-change.ts';
import { createFleetIndex } from './fleet-index.ts';
import type { Review } from './review.ts';

/** A shortcut, and the fleet that it is to be part of. */
export interface PlanQuestion {
  /** As it is to be applied; a name, two clusters, and what is wished besides. */
  readonly shortcut: VirtualNodeShortcut;
  /** All that are known, or at least the two that it links. */
  readonly leaves: Iterable<LeafCluster>;
  /** All that are stored. One of the same name is what is to be changed. */
  readonly shortcuts?: Iterable<VirtualNodeShortcut>;
  /** Without it nobody can tell whether an end is the centre; a warning says so. */
  readonly centralClusterID?: string;
  /** For credentials that expire; nothing is said about them without it. */
  readonly now?: Date;
}

/**
 * What applying a shortcut would lead to: every problem, or the plan and the lines that the admission webhook answers
 * with. The shape of the object is taken for granted: that is for the schema. Who asks about many shortcuts of one
 * fleet asks a {@link createFleetIndex}, which does not begin anew each time.
 */
export function plan({ shortcut, leaves, shortcuts = [], centralClusterID, now }: PlanQuestion): Review {
  const index = createFleetIndex({
    centralClusterID: () => centralClusterID,
    ...(now === undefined ? {} : { now: () => now }),
  });
  for (const leaf of leaves) index.putLeaf(leaf);
  let stored: VirtualNodeShortcut | undefined;
  for (const other of shortcuts) {
    index.putShortcut(other);
    if (other.metadata.name === shortcut.metadata.name) stored = other;
  }
  if (stored === undefined) return index.review(shortcut);
  const changed = { ...stored, ...shortcut, metadata: { ...stored.metadata, ...shortcut.metadata } };
  const review = index.review(changed, { isStored: true });
  const misfits = checkChange(stored, changed);
  return misfits.length === 0 ? review : { problems: [...misfits, ...review.problems], warnings: [] };
}
