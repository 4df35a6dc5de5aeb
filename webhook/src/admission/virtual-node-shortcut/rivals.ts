import { type Problem, pairKey, type VirtualNodeShortcut } from '@leafway/core';
import type { World } from '../world.ts';

/** The other shortcuts that one shortcut has to live with. */
export interface Rivals {
  /** Those that must not stand against it: of the same pair, or with a node port on one of its clusters. */
  readonly living: readonly VirtualNodeShortcut[];
  /** Of the same pair and being deleted: the tunnel is theirs until they are gone. */
  readonly leaving: readonly VirtualNodeShortcut[];
  /** Of the same pair, but younger than this one: they wait for it, not the other way round. */
  readonly losing: readonly VirtualNodeShortcut[];
}

/**
 * Finds the rivals of a shortcut. One that is stored already yields only to older ones, as the controller judges it
 * (design, "Two shortcuts at once"): otherwise two that were created at once could block every change of each other.
 */
export function findRivals(shortcut: VirtualNodeShortcut, isStored: boolean, world: World): Rivals {
  const [a, b] = shortcut.spec.clusters;
  // A name belongs to one object at a time: the same name is this very shortcut, or one that has just gone.
  const isOther = ({ metadata }: VirtualNodeShortcut): boolean => metadata.name !== shortcut.metadata.name;
  const ofPair = world.shortcutsOfPair(a.id, b.id).filter(isOther);
  const losing = isStored ? ofPair.filter((other) => age(other) > age(shortcut)) : [];
  const standing = ofPair.filter((other) => !losing.includes(other));
  return {
    living: [...standing.filter((other) => !isLeaving(other)), ...portRivals(shortcut, world).filter(isOther)],
    leaving: standing.filter(isLeaving),
    losing,
  };
}

/** The refusal to take over a pair from a shortcut that is still being deleted. */
export function waitFor(shortcut: VirtualNodeShortcut, leaving: readonly VirtualNodeShortcut[]): Problem[] {
  const pair = shortcut.spec.clusters.map(({ id }) => id).join(' and ');
  return leaving.map(({ metadata: { name } }) => ({
    path: 'spec.clusters',
    code: 'WEBHOOK_PAIR_LEAVING',
    message:
      `the VirtualNodeShortcut "${name}", which links ${pair}, is still being deleted: ` +
      `wait until it is gone (kubectl wait --for=delete vns/${name}), then try again`,
  }));
}

/** Shortcuts of other pairs only; those of this pair are judged as such. */
function portRivals({ spec }: VirtualNodeShortcut, world: World): VirtualNodeShortcut[] {
  if (spec.gateway?.service?.nodePort === undefined) return [];
  const [a, b] = spec.clusters;
  const ofBoth = [...world.shortcutsWithNodePort(a.id), ...world.shortcutsWithNodePort(b.id)];
  return ofBoth.filter(({ spec: { clusters } }) => pairKey(clusters[0].id, clusters[1].id) !== pairKey(a.id, b.id));
}

function isLeaving({ metadata }: VirtualNodeShortcut): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Sorts older before younger: by the second of creation, then by UID, which differs. */
function age({ metadata }: VirtualNodeShortcut): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`;
}
