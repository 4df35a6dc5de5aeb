import type { Cidr } from '../address/cidr.ts';
import type { Ground, HeldName, RangeOwner } from '../plan/ground.ts';
import type { RangeSet } from '../ranges/range-set.ts';
import type { LeafNode } from './leaf-node.ts';
import { unpackNames } from './packed-names.ts';
import type { Pair } from './pair.ts';

/**
 * The ranges of a leaf while names for one peer are tried on it. It works on the set of the leaf itself, for a copy
 * would cost as much as there are ranges: whoever drafts has to undo it before anybody else looks.
 */
export class Draft implements Ground {
  readonly held: readonly HeldName[];
  readonly #ranges: RangeSet<RangeOwner>;
  readonly #pair: Pair | undefined;
  readonly #added: { readonly range: Cidr; readonly owner: RangeOwner }[] = [];
  /** So many of the first are in the set: the last names of a plan never need to be. */
  #entered = 0;

  constructor(leaf: LeafNode, peerID: string) {
    this.#ranges = leaf.taken;
    this.#pair = leaf.pairs.get(peerID);
    this.held =
      this.#pair === undefined
        ? []
        : [...unpackNames(this.#pair.heldOn(leaf)), ...unpackNames(this.#pair.promisedOn(leaf))];
    for (const { name } of this.held) this.#ranges.remove(name, this.#pair as Pair);
  }

  get taken(): RangeSet<RangeOwner> {
    for (const { range, owner } of this.#added.slice(this.#entered)) this.#ranges.add(range, owner);
    this.#entered = this.#added.length;
    return this.#ranges;
  }

  take(range: Cidr, owner: RangeOwner): void {
    this.#added.push({ range, owner });
  }

  /** Leaves the ranges of the leaf as they were. */
  undo(): void {
    for (const { range, owner } of this.#added.slice(0, this.#entered)) this.#ranges.remove(range, owner);
    for (const { name } of this.held) this.#ranges.add(name, this.#pair as Pair);
  }
}
