import type { Cidr } from '../address/cidr.ts';
import type { RangeSet } from '../ranges/range-set.ts';

/** Why a range is taken. */
export interface Occupancy {
  /** In words, like `service CIDR`. */
  readonly words: string;
  /** The shortcut without which it would be free. */
  readonly rival?: { readonly name: string };
}

/** Who has a range on a leaf. */
export interface RangeOwner {
  describe(range: Cidr, leafID: string): Occupancy;
}

/** What a leaf calls a range of another cluster. */
export interface HeldName {
  readonly name: Cidr;
  readonly real: Cidr;
}

/** The ranges of a leaf, while names for the ranges of one peer are looked for. */
export interface Ground {
  /** What a name must not overlap; without the names that this peer has. */
  readonly taken: RangeSet<RangeOwner>;
  /** The names that this peer has, or is promised. */
  readonly held: readonly HeldName[];
  /** Takes a range, so that nothing that is looked for afterwards overlaps it. */
  take(range: Cidr, owner: RangeOwner): void;
}

/** The owner of a range that is taken for a reason of the leaf's own. */
export function network(words: string): RangeOwner {
  return { describe: () => ({ words }) };
}
