import type { Cidr } from '../address/cidr.ts';
import { PrefixTree, type Taken } from './prefix-tree.ts';

/** Ranges of both families with their owners; see {@link PrefixTree} for what anything costs. */
export class RangeSet<Owner> {
  readonly #trees: { 4?: PrefixTree<Owner>; 6?: PrefixTree<Owner> } = {};

  add(range: Cidr, owner: Owner): void {
    this.treeOf(range).add(range, owner);
  }

  /** Takes away what was added with the same range and owner; nothing happens when there is no such. */
  remove(range: Cidr, owner: Owner): void {
    this.#trees[range.family]?.remove(range, owner);
  }

  /** What a range overlaps: the largest range around it, else the first one within; `undefined` when it is free. */
  overlapping(range: Cidr): Taken<Owner> | undefined {
    return this.#trees[range.family]?.overlapping(range);
  }

  isFree(range: Cidr): boolean {
    return this.#trees[range.family]?.isFree(range) ?? true;
  }

  /** The ranges of the family of a range. */
  treeOf({ family }: Cidr): PrefixTree<Owner> {
    this.#trees[family] ??= new PrefixTree(family);
    return this.#trees[family];
  }
}

/** A set of ranges that nobody in particular has. */
export function rangeSetOf(ranges: Iterable<Cidr>): RangeSet<true> {
  const set = new RangeSet<true>();
  for (const range of ranges) set.add(range, true);
  return set;
}
