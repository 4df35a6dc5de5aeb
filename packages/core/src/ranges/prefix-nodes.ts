import type { Cidr } from '../address/cidr.ts';
import type { Family } from '../address/family.ts';

/** What {@link PrefixNodes.freeOf} says where no block is free; longer than any prefix. */
export const noBlock = 255;

/** No node: the child that is not there. */
export const absent = 0;

/** The node of all addresses, which is always there. */
export const root = 1;

/** Where the fields of a node are in its record; the address takes the rest. */
const field = { left: 0, right: 1, state: 2, address: 3 } as const;

const smallestCapacity = 8;

/** In the state of a node, above its length and that of its largest free block: it has an owner. */
const owned = 0x1_0000;

/**
 * The nodes of a prefix tree as records of one flat array. Nodes that are objects would take three times the memory, and
 * be strewn over it: looking up a range in one of thousands of trees is a matter of how much memory has to be fetched.
 * A node is the number of its record. The record of `absent` is no node: its address is the one that is worked on.
 */
export class PrefixNodes<Owner> {
  #records: Int32Array;
  /** How many numbers of 32 bits an address has, and a record. */
  readonly #words: 1 | 4;
  readonly #stride: number;
  readonly family: Family;
  /** Absent in nodes that only join two others. */
  #owners: (Owner | undefined)[];
  /** Unused nodes, each with the next one as its left child. */
  #unused: number = absent;
  #unusedCount = 0;
  #count = 2;

  constructor(family: Family) {
    this.#words = family === 4 ? 1 : 4;
    this.#stride = field.address + this.#words;
    this.family = family;
    this.#records = new Int32Array(smallestCapacity * this.#stride);
    this.#owners = Array.from({ length: smallestCapacity });
  }

  /** Forgets all nodes but the root, and gives back their room. */
  clear(): void {
    this.#records = new Int32Array(smallestCapacity * this.#stride);
    this.#owners = Array.from({ length: smallestCapacity });
    this.#unused = absent;
    this.#unusedCount = 0;
    this.#count = 2;
  }

  /** For how many nodes there is room. */
  get capacity(): number {
    return this.#owners.length;
  }

  /** Most of the room is that of nodes that were dropped. */
  get isSparse(): boolean {
    return this.#unusedCount > 64 && this.#unusedCount > 0.75 * this.#count;
  }

  /** Makes the first address of a range the one that is worked on. */
  aim({ address }: Cidr): void {
    if (this.#words === 1) {
      this.#records[field.address] = Number(address);
      return;
    }
    for (let word = 0; word < 4; word += 1) {
      this.#records[field.address + word] = Number((address >> BigInt(96 - 32 * word)) & 0xffff_ffffn);
    }
  }

  /** A node without children and owner, for the first `length` bits of the address that is worked on. */
  make(length: number): number {
    const node = this.#take();
    const at = node * this.#stride;
    this.#records[at + field.left] = absent;
    this.#records[at + field.right] = absent;
    this.#records[at + field.state] = length;
    for (let word = 0; word < this.#words; word += 1) {
      const kept = Math.min(32, Math.max(0, length - 32 * word));
      const mask = kept === 0 ? 0 : -1 << (32 - kept);
      this.#records[at + field.address + word] = this.#at(field.address + word) & mask;
    }
    return node;
  }

  /** Gives a node back; nothing may point at it any more. */
  drop(node: number): void {
    this.#owners[node] = undefined;
    this.setChild(node, 0, this.#unused);
    this.#unused = node;
    this.#unusedCount += 1;
  }

  child(node: number, side: number): number {
    return this.#at(node * this.#stride + side);
  }

  setChild(node: number, side: number, child: number): void {
    this.#records[node * this.#stride + side] = child;
  }

  /** The prefix length of a node. */
  lengthOf(node: number): number {
    return this.#at(node * this.#stride + field.state) & 0xff;
  }

  /** The length of the largest free blocks within a node, as far as nothing above it is taken. */
  freeOf(node: number): number {
    return (this.#at(node * this.#stride + field.state) >>> 8) & 0xff;
  }

  setFree(node: number, free: number): void {
    const at = node * this.#stride + field.state;
    this.#records[at] = (this.#at(at) & ~0xff00) | (free << 8);
  }

  /** Whether a node is a range itself: then nothing within it is free. */
  isRange(node: number): boolean {
    return (this.#at(node * this.#stride + field.state) & owned) !== 0;
  }

  /** Who has a node as a range. */
  ownerOf(node: number): Owner | undefined {
    return this.#owners[node];
  }

  setOwner(node: number, owner: Owner | undefined): void {
    const at = node * this.#stride + field.state;
    this.#owners[node] = owner;
    this.#records[at] = owner === undefined ? this.#at(at) & ~owned : this.#at(at) | owned;
  }

  /** On which side of a node of length `position` a node below it is; of `absent`, the address that is worked on. */
  sideOf(node: number, position: number): number {
    const word = this.#at(node * this.#stride + field.address + (position >>> 5));
    return (word >>> (31 - (position & 31))) & 1;
  }

  /** How many of its first bits a node shares with the address that is worked on; at most `limit`. */
  sharedLength(node: number, limit: number): number {
    const at = node * this.#stride + field.address;
    for (let word = 0; 32 * word < limit; word += 1) {
      const differing = this.#at(at + word) ^ this.#at(field.address + word);
      if (differing !== 0) return Math.min(limit, 32 * word + Math.clz32(differing));
    }
    return limit;
  }

  /** The first address of a node. */
  addressOf(node: number): bigint {
    const at = node * this.#stride + field.address;
    let address = 0n;
    for (let word = 0; word < this.#words; word += 1) {
      address = (address << 32n) | BigInt(this.#at(at + word) >>> 0);
    }
    return address;
  }

  #at(index: number): number {
    return this.#records[index] as number;
  }

  #take(): number {
    const node = this.#unused;
    if (node !== absent) {
      this.#unused = this.child(node, 0);
      this.#unusedCount -= 1;
      return node;
    }
    if (this.#count === this.capacity) this.#grow(Math.ceil(this.#count * 1.25) + 8);
    this.#count += 1;
    return this.#count - 1;
  }

  /** Not by pushing, which would make more room than that. */
  #grow(capacity: number): void {
    const records = new Int32Array(capacity * this.#stride);
    records.set(this.#records);
    const owners = Array.from<Owner | undefined>({ length: capacity });
    for (let node = 0; node < this.#count; node += 1) owners[node] = this.#owners[node];
    this.#records = records;
    this.#owners = owners;
  }
}
