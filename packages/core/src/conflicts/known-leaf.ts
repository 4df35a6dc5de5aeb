import type { LeafCluster } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import { isReachable, type LeafFacts, leafFacts, type NetworkInUse } from '../facts/leaf-facts.ts';

/** What is kept of a LeafCluster. The ranges in use are not among it: those are in the set of ranges of its leaf. */
export interface KnownLeaf {
  /** With nothing in `inUse`; `undefined` while they are not known or malformed. */
  readonly facts: LeafFacts | undefined;
  /** Why the facts are not known; empty where they are. */
  readonly problems: readonly Problem[];
  readonly isLeaving: boolean;
  readonly isReachable: boolean;
  /** For which clusters it runs gateway servers. */
  readonly servesFor: ReadonlySet<string>;
  /** With which clusters it had links of ours that are not all removed from it yet. */
  readonly owesFor: ReadonlySet<string>;
}

/** Reads a LeafCluster, once for each of its versions. The ranges in use are given apart. */
export function knowLeaf(leaf: LeafCluster): { readonly known: KnownLeaf; readonly inUse: readonly NetworkInUse[] } {
  const read = leafFacts(leaf);
  const servers = (leaf.status?.gateways ?? []).filter(({ role }) => role === 'Server');
  const known = {
    facts: read.ok ? { ...read.value, inUse: [] } : undefined,
    problems: read.ok ? [] : read.problems,
    isLeaving: leaf.metadata.deletionTimestamp !== undefined,
    isReachable: isReachable(leaf),
    servesFor: new Set(servers.map(({ remoteClusterID }) => remoteClusterID)),
    owesFor: new Set(leaf.status?.pendingCleanup?.map(({ remoteClusterID }) => remoteClusterID)),
  };
  return { known, inUse: read.ok ? usedRanges(read.value) : [] };
}

/** What is listed as in use, and the pod and external ranges that the list lacks. */
function usedRanges({ inUse, pod, external }: LeafFacts): NetworkInUse[] {
  const listed = new Set(inUse.filter(({ remoteClusterID }) => remoteClusterID === undefined).map((n) => n.cidr.text));
  const own = [
    ...pod.map((cidr) => ({ cidr, owner: 'pod CIDR' })),
    ...external.map((cidr) => ({ cidr, owner: 'external CIDR' })),
  ];
  return [...inUse, ...own.filter(({ cidr }) => !listed.has(cidr.text))];
}
