import type { LeafCluster, ShortcutSpec } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import { createFleetIndex } from './fleet-index.ts';
import type { Review } from './review.ts';

/** A shortcut as far as a review looks at it. */
export interface ReviewedShortcut {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly spec: ShortcutSpec;
}

/** A shortcut and everything around it. */
export interface ReviewInput extends ReviewedShortcut {
  /** The ID of the central cluster, where it is known. */
  readonly centralClusterID?: string | undefined;
  readonly leaves: (id: string) => LeafCluster | undefined;
  /** All shortcuts, or at least those that this one must not conflict with. It may be among them itself. */
  readonly shortcuts: Iterable<ReviewedShortcut>;
  /** Which of the two clusters runs the server now, for who knows better than the facts of the leaves. */
  readonly currentServer?: string | undefined;
  /** The time, for credentials that expire; nothing is said about them without it. */
  readonly now?: Date | undefined;
}

/** Reviews a shortcut against the leaves and the other shortcuts, for who asks once. */
export function reviewShortcut(input: ReviewInput): Review {
  const { centralClusterID, now } = input;
  const index = createFleetIndex({
    centralClusterID: () => centralClusterID,
    ...(now === undefined ? {} : { now: () => now }),
  });
  const all = [input, ...input.shortcuts].map(asObject);
  const ids = new Set(all.flatMap(({ spec }) => spec.clusters.map(({ id }) => id)));
  for (const leaf of [...ids].map(input.leaves)) if (leaf !== undefined) index.putLeaf(leaf);
  const [shortcut, ...others] = all;
  for (const other of others) index.putShortcut(other);
  return shortcut === undefined
    ? { problems: [], warnings: [] }
    : index.review(shortcut, { currentServer: input.currentServer });
}

/** The problems of {@link reviewShortcut} alone; none when the shortcut is to be accepted. */
export function checkShortcut(input: ReviewInput): readonly Problem[] {
  return reviewShortcut(input).problems;
}

function asObject({ name, uid, spec }: ReviewedShortcut) {
  const metadata = { name, ...(uid === undefined ? {} : { uid }) };
  return { apiVersion: 'leafway.dev/v1alpha1' as const, kind: 'VirtualNodeShortcut' as const, metadata, spec };
}
