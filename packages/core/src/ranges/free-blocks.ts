import { type Cidr, cidrOf } from '../address/cidr.ts';
import { bitsOf } from '../address/family.ts';
import { absent, noBlock, type PrefixNodes } from './prefix-nodes.ts';
import type { PrefixTree } from './prefix-tree.ts';

/**
 * The free block of a length that Liqo's IPAM finds in a pool: it descends into a half that is split already before one
 * that is not, left before right. So it packs, but does not give the lowest address first. Costs a step for each bit.
 */
export function firstFreeBlock<Owner>(tree: PrefixTree<Owner>, pool: Cidr, length: number): Cidr | undefined {
  let { address, length: at } = pool;
  let node = tree.topmost(pool);
  if (length < at || largestFree(tree, node, at) > length) return undefined;
  for (; node !== absent; at += 1) {
    const [left, right] = [half(tree, node, at, 0), half(tree, node, at, 1)];
    const isRightFirst = isSplit(tree, right, at + 1) && !isSplit(tree, left, at + 1);
    const first = isRightFirst ? right : left;
    const isRight = isRightFirst === largestFree(tree, first, at + 1) <= length;
    if (isRight) address += sizeOf(tree, at + 1);
    node = isRight ? right : left;
  }
  return cidrOf(tree.family, address, length);
}

/** The free block of the length of `wanted` in a pool that is nearest to it, of two equally near ones the lower. */
export function nearestFreeBlockIn<Owner>(tree: PrefixTree<Owner>, pool: Cidr, wanted: Cidr): Cidr | undefined {
  if (wanted.length < pool.length) return undefined;
  const block = { address: pool.address, length: pool.length, node: tree.topmost(pool) };
  const below = highestFree(tree, block, wanted);
  const above = lowestFree(tree, block, wanted);
  const isAbove = below === undefined || (above !== undefined && above - wanted.address < wanted.address - below);
  const nearest = isAbove ? above : below;
  return nearest === undefined ? undefined : cidrOf(tree.family, nearest, wanted.length);
}

/** The prefix length of the largest free blocks within a block, of which `node` is the topmost node. */
function largestFree<Owner>(nodes: PrefixNodes<Owner>, node: number, length: number): number {
  if (node === absent) return length;
  const own = nodes.lengthOf(node);
  // A node that begins above the block has an owner: it covers the block.
  if (own < length) return noBlock;
  return own === length ? nodes.freeOf(node) : length + 1;
}

/** The topmost node in one half of a block. */
function half<Owner>(nodes: PrefixNodes<Owner>, node: number, length: number, side: number): number {
  if (nodes.lengthOf(node) === length) return nodes.child(node, side);
  return nodes.sideOf(node, length) === side ? node : absent;
}

/** Whether something smaller than the block itself is taken from it. */
function isSplit<Owner>(nodes: PrefixNodes<Owner>, node: number, length: number): boolean {
  return node !== absent && (nodes.lengthOf(node) !== length || !nodes.isRange(node));
}

/** A block of addresses, and the topmost node in it; a block without a node is free. */
interface Block {
  readonly address: bigint;
  readonly length: number;
  readonly node: number;
}

function halves<Owner>(nodes: PrefixNodes<Owner>, { address, length, node }: Block): readonly [Block, Block] {
  const upper = address + sizeOf(nodes, length + 1);
  return [
    { address, length: length + 1, node: half(nodes, node, length, 0) },
    { address: upper, length: length + 1, node: half(nodes, node, length, 1) },
  ];
}

/** The lowest free block at or above the wanted one. */
function lowestFree<Owner>(nodes: PrefixNodes<Owner>, block: Block, wanted: Cidr): bigint | undefined {
  if (lastBlockIn(nodes, block, wanted) < wanted.address) return undefined;
  if (block.node === absent) return larger(block.address, wanted.address);
  if (largestFree(nodes, block.node, block.length) > wanted.length) return undefined;
  const [left, right] = halves(nodes, block);
  return lowestFree(nodes, left, wanted) ?? lowestFree(nodes, right, wanted);
}

/** The highest free block at or below the wanted one. */
function highestFree<Owner>(nodes: PrefixNodes<Owner>, block: Block, wanted: Cidr): bigint | undefined {
  if (block.address > wanted.address) return undefined;
  if (block.node === absent) return smaller(lastBlockIn(nodes, block, wanted), wanted.address);
  if (largestFree(nodes, block.node, block.length) > wanted.length) return undefined;
  const [left, right] = halves(nodes, block);
  return highestFree(nodes, right, wanted) ?? highestFree(nodes, left, wanted);
}

/** Where the last block of the wanted length in a block begins. */
function lastBlockIn<Owner>(nodes: PrefixNodes<Owner>, { address, length }: Block, wanted: Cidr): bigint {
  return address + sizeOf(nodes, length) - sizeOf(nodes, wanted.length);
}

/** How many addresses a block of that length has. */
function sizeOf<Owner>({ family }: PrefixNodes<Owner>, length: number): bigint {
  return 1n << BigInt(bitsOf(family) - length);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
