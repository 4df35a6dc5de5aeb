import type { Cidr } from '../address/cidr.ts';
import { PrefixTree, type Taken } from './prefix-tree.ts';

/** Ranges of both families with their owners; see {@link PrefixTree} for what anything costs. */
export class RangeSet<Owner> {
  #tree4: PrefixTree<Owner> | undefined;
  #tree6: PrefixTree<Owner> | undefined;

  add(range: Cidr, owner: Owner): void {
    this.treeOf(range).add(range, owner);
  }

  /** Takes away what was added with the same range and owner; nothing happens when there is no such. */
  remove(range: Cidr, owner: Owner): void {
    this.#existing(range)?.remove(range, owner);
  }

  /** What a range overlaps: the largest range around it, else the first one within; `undefined` when it is free. */
  overlapping(range: Cidr): Taken<Owner> | undefined {
    return this.#existing(range)?.overlapping(range);
  }

  isFree(range: Cidr): boolean {
    return this.#existing(range)?.isFree(range) ?? true;
  }

  /** The ranges of the family of a range. */
  treeOf({ family }: Cidr): PrefixTree<Owner> {
    if (family === 4) {
      this.#tree4 ??= new PrefixTree(4);
      return this.#tree4;
    }
    this.#tree6 ??= new PrefixTree(6);
    return this.#tree6;
  }

  #existing({ family }: Cidr): PrefixTree<Owner> | undefined {
    return family === 4 ? this.#tree4 : this.#tree6;
  }
}

/** A set of ranges that nobody in particular has. */
export function rangeSetOf(ranges: Iterable<Cidr>): RangeSet<true> {
  const set = new RangeSet<true>();
  for (const range of ranges) set.add(range, true);
  return set;
}
