import type { Cidr } from '../address/cidr.ts';
import { isSameCidr, overlaps } from '../address/relations.ts';
import type { LeafFacts, NetworkInUse } from '../facts/leaf-facts.ts';

/** What a range is for. */
export type Use = 'pod' | 'external';

/** One range of the peer, and the name that was decided for it. */
export interface Wanted {
  readonly use: Use;
  readonly real: Cidr;
  name?: Cidr;
}

/** The work of naming the ranges of `peer` on `self`: names are filled in one after the other. */
export interface Naming {
  readonly self: LeafFacts;
  readonly peer: LeafFacts;
  readonly wanted: readonly Wanted[];
  /** What a name must not overlap: everything in use on `self` but the names that this peer has there already. */
  readonly taken: readonly NetworkInUse[];
}

/** Nothing is named yet. */
export function beginNaming(self: LeafFacts, peer: LeafFacts): Naming {
  const wants = (use: Use, ranges: readonly Cidr[]): Wanted[] => ranges.map((real) => ({ use, real }));
  const others = self.inUse.filter(({ remoteClusterID }) => remoteClusterID !== peer.id);
  const own = [
    ...self.pod.map((cidr) => ({ cidr, owner: 'pod CIDR' })),
    ...self.external.map((cidr) => ({ cidr, owner: 'external CIDR' })),
  ];
  return {
    self,
    peer,
    wanted: [...wants('pod', peer.pod), ...wants('external', peer.external)],
    taken: [...others, ...own.filter(({ cidr }) => !others.some((range) => isSameCidr(range.cidr, cidr)))],
  };
}

/** Every range that a further name must not overlap, the names decided so far included. */
export function takenRanges({ taken, wanted }: Naming): Cidr[] {
  return [...taken.map(({ cidr }) => cidr), ...wanted.flatMap(({ name }) => (name === undefined ? [] : [name]))];
}

/** What a range would overlap as a name, in words; `undefined` when it is free. */
export function clashOf(naming: Naming, range: Cidr): string | undefined {
  const used = naming.taken.find(({ cidr }) => overlaps(cidr, range));
  if (used !== undefined) return `${used.cidr.text} (${used.owner})`;
  const sibling = naming.wanted.find(({ name }) => name !== undefined && overlaps(name, range));
  return sibling?.name && `${sibling.name.text} (for ${naming.peer.id}'s ${sibling.use} range ${sibling.real.text})`;
}

/** Whether a range can stand for another: the host bits must fit. */
export function canStandFor(range: Cidr, real: Cidr): boolean {
  return range.family === real.family && range.length === real.length;
}
