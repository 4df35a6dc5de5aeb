import type { Cidr } from '../address/cidr.ts';
import { bitsOf, type Family } from '../address/family.ts';

/** What {@link PrefixNodes.free} holds where no block is free; longer than any prefix. */
export const noBlock = 255;

/** No node: the child that is not there. */
export const absent = 0;

/** The node of all addresses, which is always there. */
export const root = 1;

/**
 * The nodes of a prefix tree, each field of all of them in one flat array: nodes that are objects would take three
 * times the memory, and an index of a large fleet has hundreds of thousands. A node is a number.
 */
export class PrefixNodes<Owner> {
  readonly family: Family;
  /** How many numbers of 32 bits an address has. */
  readonly #words: 1 | 4;
  #prefixes: Uint32Array;
  #children: Int32Array;
  /** The prefix length of each node. */
  lengths: Uint8Array;
  /** The length of the largest free blocks within each node, as far as nothing above it is taken. */
  free: Uint8Array;
  /** Who has a node as a range; absent in nodes that only join two others. */
  readonly owners: (Owner | undefined)[] = [];
  /** Unused nodes, each pointing at the next. */
  #unused: number = absent;
  #count = 0;
  #unusedCount = 0;

  constructor(family: Family) {
    this.family = family;
    this.#words = family === 4 ? 1 : 4;
    const capacity = 8;
    this.#prefixes = new Uint32Array(capacity * this.#words);
    this.#children = new Int32Array(capacity * 2);
    this.lengths = new Uint8Array(capacity);
    this.free = new Uint8Array(capacity);
    this.owners.push(undefined, undefined);
    this.#count = 2;
  }

  /** A node without children and owner, for the first `length` bits of an address. */
  make(address: Uint32Array, length: number): number {
    const node = this.#take();
    for (let word = 0; word < this.#words; word += 1) {
      const kept = Math.min(32, Math.max(0, length - 32 * word));
      const mask = kept === 0 ? 0 : -1 << (32 - kept);
      this.#prefixes[node * this.#words + word] = (address[word] as number) & mask;
    }
    this.#children[2 * node] = absent;
    this.#children[2 * node + 1] = absent;
    this.lengths[node] = length;
    return node;
  }

  /** Gives a node back; nothing may point at it any more. */
  drop(node: number): void {
    this.owners[node] = undefined;
    this.#children[2 * node] = this.#unused;
    this.#unused = node;
    this.#unusedCount += 1;
  }

  /** Most of the room is that of nodes that were dropped. */
  get isSparse(): boolean {
    return this.#unusedCount > 64 && this.#unusedCount > 0.75 * this.#count;
  }

  child(node: number, side: number): number {
    return this.#children[2 * node + side] as number;
  }

  setChild(node: number, side: number, child: number): void {
    this.#children[2 * node + side] = child;
  }

  /** On which side of a node of length `position` a node below it is. */
  sideOf(node: number, position: number): number {
    return bitOf(this.#prefixes[node * this.#words + (position >>> 5)] as number, position);
  }

  /** How many of its first bits a node shares with an address; at most `limit`. */
  sharedLength(node: number, address: Uint32Array, limit: number): number {
    for (let word = 0; 32 * word < limit; word += 1) {
      const differing = (this.#prefixes[node * this.#words + word] as number) ^ (address[word] as number);
      if (differing !== 0) return Math.min(limit, 32 * word + Math.clz32(differing));
    }
    return limit;
  }

  /** The first address of a node, as a number. */
  addressOf(node: number): bigint {
    if (this.#words === 1) return BigInt(this.#prefixes[node] as number);
    let address = 0n;
    for (let word = 0; word < 4; word += 1) {
      address = (address << 32n) | BigInt(this.#prefixes[node * 4 + word] as number);
    }
    return address;
  }

  #take(): number {
    const node = this.#unused;
    if (node !== absent) {
      this.#unused = this.child(node, 0);
      this.#unusedCount -= 1;
      return node;
    }
    if (this.#count === this.lengths.length) this.#grow();
    this.owners.push(undefined);
    this.#count += 1;
    return this.#count - 1;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#count * 1.25) + 8;
    this.#prefixes = grown(this.#prefixes, new Uint32Array(capacity * this.#words));
    this.#children = grown(this.#children, new Int32Array(capacity * 2));
    this.lengths = grown(this.lengths, new Uint8Array(capacity));
    this.free = grown(this.free, new Uint8Array(capacity));
  }
}

/** Writes the address of a range into an array of 32-bit numbers. */
export function writeAddress({ family, address }: Cidr, into: Uint32Array): void {
  if (family === 4) {
    into[0] = Number(address);
    return;
  }
  for (let word = 0; word < 4; word += 1) {
    into[word] = Number((address >> BigInt(bitsOf(6) - 32 * (word + 1))) & 0xffffffffn);
  }
}

/** The bit at a position of an address, 0 being the first, of which `word` is the right 32 bits. */
export function bitOf(word: number, position: number): number {
  return (word >>> (31 - (position & 31))) & 1;
}

function grown<A extends Uint32Array | Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
