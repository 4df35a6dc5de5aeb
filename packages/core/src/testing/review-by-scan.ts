import { defaultShortcutSpec, type LeafCluster, type VirtualNodeShortcut } from '../api/index.ts';
import { isOlder } from '../conflicts/seniority.ts';
import { type LeafFacts, leafFacts } from '../facts/leaf-facts.ts';
import type { Ground, HeldName } from '../plan/ground.ts';
import { planNames } from '../plan/names.ts';
import { type PlanOutcome, planLink } from '../plan/plan-link.ts';
import { groundOf } from './plan-shortcut.ts';

/** All objects of a fleet, in no order. */
export interface Objects {
  readonly leaves: readonly LeafCluster[];
  readonly shortcuts: readonly VirtualNodeShortcut[];
}

/**
 * What the plan of a shortcut must be, worked out from all objects anew: on each leaf the names of all shortcuts to
 * whom it yields, one after the other, then its own. `undefined` while the facts of a leaf are not known.
 */
export function planByScan(
  objects: Objects,
  shortcut: VirtualNodeShortcut,
  isStored: boolean,
): PlanOutcome | undefined {
  const [a, b] = shortcut.spec.clusters.map(({ id }) => factsOf(objects, id));
  if (a === undefined || b === undefined) return undefined;
  const rivals = counting(objects.shortcuts).filter(
    (other) =>
      other.metadata.name !== shortcut.metadata.name && (!isStored || isOlder(other.metadata, shortcut.metadata)),
  );
  const [leafA, leafB] = shortcut.spec.clusters.map(({ id }) => leafOf(objects, id)) as [LeafCluster, LeafCluster];
  return planLink({
    spec: defaultShortcutSpec(shortcut.spec),
    facts: [a, b],
    grounds: [groundAmong(objects, a, b, rivals), groundAmong(objects, b, a, rivals)],
    currentServer: currentServer(leafA, leafB),
  });
}

/** Of each pair the oldest shortcut, the oldest first. */
function counting(shortcuts: readonly VirtualNodeShortcut[]): VirtualNodeShortcut[] {
  const sorted = shortcuts.toSorted((a, b) => (isOlder(a.metadata, b.metadata) ? -1 : 1));
  return sorted.filter((each, index) => sorted.findIndex((other) => pairOf(other) === pairOf(each)) === index);
}

const pairOf = ({ spec }: VirtualNodeShortcut): string =>
  spec.clusters
    .map(({ id }) => id)
    .sort()
    .join('/');

/** The ranges of a leaf with what those shortcuts are promised on it. */
function groundAmong(
  objects: Objects,
  self: LeafFacts,
  peer: LeafFacts,
  shortcuts: readonly VirtualNodeShortcut[],
): Ground {
  const promised = new Map<string, readonly HeldName[]>();
  for (const { spec } of shortcuts) {
    const ids = spec.clusters.map(({ id }) => id);
    const otherID = ids.find((id) => id !== self.id);
    const other = ids.includes(self.id) && otherID !== undefined ? factsOf(objects, otherID) : undefined;
    if (other === undefined) continue;
    const names = planNames([self, other], defaultShortcutSpec(spec).ipMapping, groundWith(self, other.id, promised));
    if (names.ok) promised.set(other.id, [...names.value.pod, ...names.value.external]);
  }
  return groundWith(self, peer.id, promised);
}

function groundWith(self: LeafFacts, peerID: string, promised: ReadonlyMap<string, readonly HeldName[]>): Ground {
  const ground = groundOf(self, peerID);
  for (const [otherID, names] of promised) {
    const owner = { describe: () => ({ words: 'promised' }) };
    if (otherID !== peerID) for (const { name } of names) if (ground.taken.isFree(name)) ground.taken.add(name, owner);
  }
  return ground;
}

const leafOf = ({ leaves }: Objects, id: string) => leaves.find(({ metadata }) => metadata.name === id);

function factsOf(objects: Objects, id: string): LeafFacts | undefined {
  const leaf = leafOf(objects, id);
  const facts = leaf === undefined ? undefined : leafFacts(leaf);
  return facts?.ok ? facts.value : undefined;
}

/** Which of two leaves runs the gateway server between them now; `undefined` when none or, wrongly, both do. */
function currentServer(a: LeafCluster, b: LeafCluster): string | undefined {
  const servesFor = (leaf: LeafCluster, peer: LeafCluster): boolean =>
    leaf.status?.gateways?.some(
      ({ role, remoteClusterID }) => role === 'Server' && remoteClusterID === peer.metadata.name,
    ) ?? false;
  const serving = [...(servesFor(a, b) ? [a] : []), ...(servesFor(b, a) ? [b] : [])];
  return serving.length === 1 ? serving[0]?.metadata.name : undefined;
}
