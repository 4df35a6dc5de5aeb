import type { Cidr } from '../address/cidr.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { nearestFreeIn } from '../remap/nearest-free-block.ts';
import type { Ground, Occupancy } from './ground.ts';

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
  readonly ground: Ground;
}

/** Nothing is named yet. */
export function beginNaming(self: LeafFacts, peer: LeafFacts, ground: Ground): Naming {
  const wants = (use: Use, ranges: readonly Cidr[]): Wanted[] => ranges.map((real) => ({ use, real }));
  return { self, peer, ground, wanted: [...wants('pod', peer.pod), ...wants('external', peer.external)] };
}

/** Decides a name. */
export function giveName({ ground, peer }: Naming, want: Wanted, name: Cidr): void {
  want.name = name;
  ground.take(name, { describe: () => ({ words: `for ${peer.id}'s ${want.use} range ${want.real.text}` }) });
}

/** What a range would overlap as a name, and why that is taken; `undefined` when it is free. */
export function clashOf({ ground, self }: Naming, range: Cidr): Occupancy | undefined {
  const found = ground.taken.overlapping(range);
  if (found === undefined) return undefined;
  const reasons = found.owners.map((owner) => owner.describe(found.range, self.id));
  // The same whatever came first.
  const [first] = reasons.sort((a, b) => (a.words < b.words ? -1 : 1));
  const rival = reasons.find((reason) => reason.rival !== undefined)?.rival;
  return { words: `${found.range.text} (${first?.words})`, ...(rival === undefined ? {} : { rival }) };
}

/** The free range that is nearest to one that is taken; the next proposal is another one. `undefined` when none is left. */
export function proposeInstead(ground: Ground, range: Cidr): Cidr | undefined {
  const free = nearestFreeIn(ground.taken, range);
  if (free !== undefined) ground.take(free, { describe: () => ({ words: 'proposed' }) });
  return free;
}

/** Whether a range can stand for another: the host bits must fit. */
export function canStandFor(range: Cidr, real: Cidr): boolean {
  return range.family === real.family && range.length === real.length;
}
