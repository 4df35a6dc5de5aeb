import { type Cidr, cidrOf } from '../address/cidr.ts';
import type { Family } from '../address/family.ts';
import { absent, bitOf, noBlock, PrefixNodes, root, writeAddress } from './prefix-nodes.ts';

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
export class PrefixTree<Owner> {
  nodes: PrefixNodes<Owner>;
  /** The address of the range that is worked on. */
  readonly #address: Uint32Array;
  /** By node, who has its range besides the first owner. Rare. */
  readonly #others = new Map<number, Owner[]>();
  #size = 0;

  constructor(family: Family) {
    this.nodes = new PrefixNodes(family);
    this.#address = new Uint32Array(family === 4 ? 1 : 4);
    this.#refresh(root);
  }

  /** How many ranges there are, one that has two owners counted twice. */
  get size(): number {
    return this.#size;
  }

  add(range: Cidr, owner: Owner): void {
    writeAddress(range, this.#address);
    this.#insert(root, range.length, owner);
    this.#size += 1;
  }

  /** Takes away what was added with the same range and owner; nothing happens when there is no such. */
  remove(range: Cidr, owner: Owner): void {
    writeAddress(range, this.#address);
    if (this.#detach(root, range.length, owner)) this.#size -= 1;
    if (this.nodes.isSparse) this.#rebuild();
  }

  /** What a range overlaps: the largest range around it, else the first one within; `undefined` when it is free. */
  overlapping(range: Cidr): Taken<Owner> | undefined {
    const { nodes } = this;
    let node = this.topmost(range);
    if (node === absent) return undefined;
    while (nodes.owners[node] === undefined) node = nodes.child(node, 0) || nodes.child(node, 1);
    return this.#taken(node);
  }

  isFree(range: Cidr): boolean {
    return this.topmost(range) === absent;
  }

  /** The topmost node with a range around the given one, else the topmost one within it; `absent` when it is free. */
  topmost(range: Cidr): number {
    const { nodes } = this;
    const { length } = range;
    writeAddress(range, this.#address);
    let node = root;
    while ((nodes.lengths[node] as number) < length && nodes.owners[node] === undefined) {
      node = nodes.child(node, this.#sideBelow(node));
      if (node === absent) return absent;
      const limit = Math.min(nodes.lengths[node] as number, length);
      if (nodes.sharedLength(node, this.#address, limit) < limit) return absent;
    }
    return node === root && this.#size === 0 ? absent : node;
  }

  /** Gives back the room of what was removed. */
  #rebuild(): void {
    const all = [...this.#entries(root)];
    this.nodes = new PrefixNodes(this.nodes.family);
    this.#others.clear();
    this.#refresh(root);
    this.#size = 0;
    for (const { range, owners } of all) for (const owner of owners) this.add(range, owner);
  }

  *#entries(node: number): Generator<Taken<Owner>> {
    if (node === absent) return;
    if (this.nodes.owners[node] !== undefined) yield this.#taken(node);
    yield* this.#entries(this.nodes.child(node, 0));
    yield* this.#entries(this.nodes.child(node, 1));
  }

  #taken(node: number): Taken<Owner> {
    const { nodes } = this;
    return {
      range: cidrOf(nodes.family, nodes.addressOf(node), nodes.lengths[node] as number),
      owners: [nodes.owners[node] as Owner, ...(this.#others.get(node) ?? [])],
    };
  }

  /** Below a node that has the address in it. */
  #insert(node: number, length: number, owner: Owner): void {
    const { nodes } = this;
    if (nodes.lengths[node] === length) this.#own(node, owner);
    else {
      const side = this.#sideBelow(node);
      const child = nodes.child(node, side);
      nodes.setChild(node, side, child === absent ? this.#leaf(length, owner) : this.#insertAt(child, length, owner));
    }
    this.#refresh(node);
  }

  /** At the place of a node that may not have the address in it. Returns the node that is there then. */
  #insertAt(node: number, length: number, owner: Owner): number {
    const { nodes } = this;
    const own = nodes.lengths[node] as number;
    const shared = nodes.sharedLength(node, this.#address, Math.min(length, own));
    const place = shared === own ? node : nodes.make(this.#address, shared);
    if (place !== node) nodes.setChild(place, nodes.sideOf(node, shared), node);
    this.#insert(place, length, owner);
    return place;
  }

  #leaf(length: number, owner: Owner): number {
    const node = this.nodes.make(this.#address, length);
    this.#own(node, owner);
    this.#refresh(node);
    return node;
  }

  #detach(node: number, length: number, owner: Owner): boolean {
    const { nodes } = this;
    let isGone: boolean;
    if (nodes.lengths[node] === length) isGone = this.#disown(node, owner);
    else {
      const side = this.#sideBelow(node);
      const child = nodes.child(node, side);
      const own = nodes.lengths[child] as number;
      if (child === absent || own > length || nodes.sharedLength(child, this.#address, own) < own) return false;
      isGone = this.#detach(child, length, owner);
      nodes.setChild(node, side, this.#spliced(child));
    }
    this.#refresh(node);
    return isGone;
  }

  /** What is to be in the place of a node: a node that neither has an owner nor joins two others goes. */
  #spliced(node: number): number {
    const { nodes } = this;
    const [left, right] = [nodes.child(node, 0), nodes.child(node, 1)];
    if (nodes.owners[node] !== undefined || (left !== absent && right !== absent)) return node;
    nodes.drop(node);
    return left || right;
  }

  #own(node: number, owner: Owner): void {
    const { owners } = this.nodes;
    if (owners[node] === undefined) owners[node] = owner;
    else this.#others.set(node, [...(this.#others.get(node) ?? []), owner]);
  }

  #disown(node: number, owner: Owner): boolean {
    const { owners } = this.nodes;
    const all = [owners[node], ...(this.#others.get(node) ?? [])];
    const index = all.indexOf(owner);
    if (index < 0) return false;
    const [first, ...others] = all.toSpliced(index, 1);
    owners[node] = first;
    if (others.length > 0) this.#others.set(node, others as Owner[]);
    else this.#others.delete(node);
    return true;
  }

  #sideBelow(node: number): number {
    const position = this.nodes.lengths[node] as number;
    return bitOf(this.#address[position >>> 5] as number, position);
  }

  #refresh(node: number): void {
    const { nodes } = this;
    const isTaken = nodes.owners[node] !== undefined;
    nodes.free[node] = isTaken ? noBlock : Math.min(this.#freeOn(node, 0), this.#freeOn(node, 1));
  }

  #freeOn(node: number, side: number): number {
    const { nodes } = this;
    const half = (nodes.lengths[node] as number) + 1;
    const child = nodes.child(node, side);
    if (child === absent) return half;
    // Beside a smaller child its other half is free.
    return (nodes.lengths[child] as number) > half ? half + 1 : (nodes.free[child] as number);
  }
}
