import type { Cidr } from '../address/cidr.ts';
import type { HeldName, Occupancy, RangeOwner } from '../plan/ground.ts';
import type { LeafNode } from './leaf-node.ts';
import { type PackedNames, unpackNames } from './packed-names.ts';
import { isOlder } from './seniority.ts';
import type { StoredShortcut } from './stored-shortcut.ts';

/** Two leaves that have something to do with each other: shortcuts, or names that one has for the other. */
export class Pair implements RangeOwner {
  readonly a: LeafNode;
  readonly b: LeafNode;
  /** The oldest of its shortcuts; it is the one that counts. */
  oldest: StoredShortcut | undefined;
  #heldOnA: PackedNames | undefined;
  #heldOnB: PackedNames | undefined;
  #promisedOnA: PackedNames | undefined;
  #promisedOnB: PackedNames | undefined;

  constructor(a: LeafNode, b: LeafNode) {
    this.a = a;
    this.b = b;
  }

  /** The other leaf. */
  peerOf(leaf: LeafNode): LeafNode {
    return leaf === this.a ? this.b : this.a;
  }

  /** What a leaf calls the ranges of the other, by its facts. */
  heldOn(leaf: LeafNode): PackedNames | undefined {
    return leaf === this.a ? this.#heldOnA : this.#heldOnB;
  }

  setHeld(leaf: LeafNode, names: PackedNames | undefined): void {
    if (leaf === this.a) this.#heldOnA = names;
    else this.#heldOnB = names;
  }

  /** What it is to call them besides, once the oldest shortcut is carried out. */
  promisedOn(leaf: LeafNode): PackedNames | undefined {
    return leaf === this.a ? this.#promisedOnA : this.#promisedOnB;
  }

  setPromised(leaf: LeafNode, names: PackedNames | undefined): void {
    if (leaf === this.a) this.#promisedOnA = names;
    else this.#promisedOnB = names;
  }

  /** Nothing is known of what a leaf calls the ranges of the other. */
  forget(leaf: LeafNode): void {
    this.setHeld(leaf, undefined);
    this.setPromised(leaf, undefined);
  }

  /** Nothing is left to be said about these two. */
  get isEmpty(): boolean {
    return this.oldest === undefined && this.#heldOnA === undefined && this.#heldOnB === undefined;
  }

  /** The shortcuts of the pair, the oldest first. More than one is a race, or a webhook that was down. */
  shortcuts(): StoredShortcut[] {
    const all: StoredShortcut[] = [];
    for (let each = this.oldest; each !== undefined; each = each.next) all.push(each);
    return all;
  }

  insert(shortcut: StoredShortcut): void {
    this.#reorder([...this.shortcuts(), shortcut].sort((a, b) => (isOlder(a, b) ? -1 : 1)));
  }

  drop(shortcut: StoredShortcut): void {
    this.#reorder(this.shortcuts().filter((each) => each !== shortcut));
  }

  describe(range: Cidr, leafID: string): Occupancy {
    const self = leafID === this.a.id ? this.a : this.b;
    const peer = this.peerOf(self).id;
    const isIt = ({ name }: HeldName): boolean => name.text === range.text;
    const by = this.oldest === undefined ? '' : `, VirtualNodeShortcut "${this.oldest.name}"`;
    const rival = this.oldest === undefined ? {} : { rival: { name: this.oldest.name } };
    const held = unpackNames(this.heldOn(self)).find(isIt);
    if (held !== undefined) return { words: `name of ${peer}'s ${held.real.text}${by}`, ...rival };
    const promised = unpackNames(this.promisedOn(self)).find(isIt);
    return { words: `for ${peer}'s ${promised?.real.text}${by}`, ...rival };
  }

  #reorder(all: readonly StoredShortcut[]): void {
    this.oldest = all[0];
    for (const [index, each] of all.entries()) each.next = all[index + 1];
  }
}
