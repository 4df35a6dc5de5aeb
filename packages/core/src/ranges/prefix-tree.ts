import { type Cidr, cidrOf } from '../address/cidr.ts';
import type { Family } from '../address/family.ts';
import { absent, noBlock, PrefixNodes, root } from './prefix-nodes.ts';

/** A range that is taken, and by whom. */
export interface Taken<Owner> {
  readonly range: Cidr;
  /** More than one where several have the very same range; in no order that means anything. */
  readonly owners: readonly Owner[];
}

/**
 * Ranges of one family with their owners, which may overlap, as a tree of prefixes in which only nodes with a range or
 * with two children exist. Adding, removing and looking up cost no more steps than a prefix has bits, whatever the
 * number of ranges; every node knows the largest free block within it, so that free ones are found without a search.
 */
export class PrefixTree<Owner> extends PrefixNodes<Owner> {
  /** By node, who has its range besides the first owner. Rare. */
  #others: Map<number, Owner[]> | undefined;
  #size = 0;

  constructor(family: Family) {
    super(family);
    this.#refresh(root);
  }

  /** How many ranges there are, one that has two owners counted twice. */
  get size(): number {
    return this.#size;
  }

  add(range: Cidr, owner: Owner): void {
    this.aim(range);
    this.#insert(root, range.length, owner);
    this.#size += 1;
  }

  /** Takes away what was added with the same range and owner; nothing happens when there is no such. */
  remove(range: Cidr, owner: Owner): void {
    this.aim(range);
    if (this.#detach(root, range.length, owner)) this.#size -= 1;
    if (this.isSparse) this.#rebuild();
  }

  /** What a range overlaps: the largest range around it, else the first one within; `undefined` when it is free. */
  overlapping(range: Cidr): Taken<Owner> | undefined {
    let node = this.topmost(range);
    if (node === absent) return undefined;
    while (!this.isRange(node)) node = this.child(node, 0) || this.child(node, 1);
    return this.#taken(node);
  }

  isFree(range: Cidr): boolean {
    return this.#descend(range, noBlock) === absent;
  }

  /** The topmost node with a range around the given one, else the topmost one within it; `absent` when it is free. */
  topmost(range: Cidr): number {
    return this.#descend(range, undefined);
  }

  /** Stops also at a node around the range in which no more than `enough` is free. */
  #descend(range: Cidr, enough: typeof noBlock | undefined): number {
    const { length } = range;
    this.aim(range);
    let node = root;
    while (this.lengthOf(node) < length && !this.isRange(node) && this.freeOf(node) !== enough) {
      node = this.child(node, this.sideOf(absent, this.lengthOf(node)));
      if (node === absent) return absent;
      const limit = Math.min(this.lengthOf(node), length);
      if (this.sharedLength(node, limit) < limit) return absent;
    }
    return node === root && this.#size === 0 ? absent : node;
  }

  /** Gives back the room of what was removed. */
  #rebuild(): void {
    const all = [...this.#entries(root)];
    this.clear();
    this.#others = undefined;
    this.#refresh(root);
    this.#size = 0;
    for (const { range, owners } of all) for (const owner of owners) this.add(range, owner);
  }

  *#entries(node: number): Generator<Taken<Owner>> {
    if (node === absent) return;
    if (this.isRange(node)) yield this.#taken(node);
    yield* this.#entries(this.child(node, 0));
    yield* this.#entries(this.child(node, 1));
  }

  #taken(node: number): Taken<Owner> {
    return {
      range: cidrOf(this.family, this.addressOf(node), this.lengthOf(node)),
      owners: this.#ownersOf(node),
    };
  }

  /** Below a node that has the address in it. */
  #insert(node: number, length: number, owner: Owner): void {
    if (this.lengthOf(node) === length) this.#own(node, owner);
    else {
      const side = this.sideOf(absent, this.lengthOf(node));
      const child = this.child(node, side);
      this.setChild(node, side, child === absent ? this.#leaf(length, owner) : this.#insertAt(child, length, owner));
    }
    this.#refresh(node);
  }

  /** At the place of a node that may not have the address in it. Returns the node that is there then. */
  #insertAt(node: number, length: number, owner: Owner): number {
    const own = this.lengthOf(node);
    const shared = this.sharedLength(node, Math.min(length, own));
    const place = shared === own ? node : this.make(shared);
    if (place !== node) this.setChild(place, this.sideOf(node, shared), node);
    this.#insert(place, length, owner);
    return place;
  }

  #leaf(length: number, owner: Owner): number {
    const node = this.make(length);
    this.#own(node, owner);
    this.#refresh(node);
    return node;
  }

  #detach(node: number, length: number, owner: Owner): boolean {
    let isGone: boolean;
    if (this.lengthOf(node) === length) isGone = this.#disown(node, owner);
    else {
      const side = this.sideOf(absent, this.lengthOf(node));
      const child = this.child(node, side);
      const own = this.lengthOf(child);
      if (child === absent || own > length || this.sharedLength(child, own) < own) return false;
      isGone = this.#detach(child, length, owner);
      this.setChild(node, side, this.#spliced(child));
    }
    this.#refresh(node);
    return isGone;
  }

  /** What is to be in the place of a node: a node that neither has an owner nor joins two others goes. */
  #spliced(node: number): number {
    const [left, right] = [this.child(node, 0), this.child(node, 1)];
    if (this.isRange(node) || (left !== absent && right !== absent)) return node;
    this.drop(node);
    return left || right;
  }

  #own(node: number, owner: Owner): void {
    if (!this.isRange(node)) {
      this.setOwner(node, owner);
      return;
    }
    this.#others ??= new Map();
    this.#others.set(node, [...(this.#others.get(node) ?? []), owner]);
  }

  #disown(node: number, owner: Owner): boolean {
    const all = this.isRange(node) ? this.#ownersOf(node) : [];
    const index = all.indexOf(owner);
    if (index < 0) return false;
    const [first, ...others] = all.toSpliced(index, 1);
    this.setOwner(node, first);
    if (others.length > 0) this.#others?.set(node, others);
    else this.#others?.delete(node);
    return true;
  }

  #ownersOf(node: number): Owner[] {
    return [this.ownerOf(node) as Owner, ...(this.#others?.get(node) ?? [])];
  }

  #refresh(node: number): void {
    const isTaken = this.isRange(node);
    this.setFree(node, isTaken ? noBlock : Math.min(this.#freeOn(node, 0), this.#freeOn(node, 1)));
  }

  #freeOn(node: number, side: number): number {
    const half = this.lengthOf(node) + 1;
    const child = this.child(node, side);
    if (child === absent) return half;
    // Beside a smaller child its other half is free.
    return this.lengthOf(child) > half ? half + 1 : this.freeOf(child);
  }
}
