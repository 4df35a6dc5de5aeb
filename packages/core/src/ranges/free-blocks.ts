import { type Cidr, cidrOf } from '../address/cidr.ts';
import { bitsOf } from '../address/family.ts';
import { absent, noBlock, type PrefixNodes } from './prefix-nodes.ts';
import type { PrefixTree } from './prefix-tree.ts';

/** A block of addresses, and the topmost node in it; a block without a node is free. */
interface Block {
  readonly address: bigint;
  readonly length: number;
  readonly node: number;
}

/**
 * The free block of a length that Liqo's IPAM finds in a pool: it descends into a half that is split already before one
 * that is not, left before right. So it packs, but does not give the lowest address first. Costs a step for each bit.
 */
export function firstFreeBlock<Owner>(tree: PrefixTree<Owner>, pool: Cidr, length: number): Cidr | undefined {
  const { nodes } = tree;
  let block = blockOf(tree, pool);
  if (length < pool.length || largestFree(nodes, block) > length) return undefined;
  while (block.node !== absent) {
    const [left, right] = halves(nodes, block);
    const [first, second] = !isSplit(nodes, left) && isSplit(nodes, right) ? [right, left] : [left, right];
    block = largestFree(nodes, first) <= length ? first : second;
  }
  return cidrOf(nodes.family, block.address, length);
}

/** The free block of the length of `wanted` in a pool that is nearest to it, of two equally near ones the lower. */
export function nearestFreeBlockIn<Owner>(tree: PrefixTree<Owner>, pool: Cidr, wanted: Cidr): Cidr | undefined {
  const { nodes } = tree;
  if (wanted.length < pool.length) return undefined;
  const block = blockOf(tree, pool);
  const below = highestFree(nodes, block, wanted);
  const above = lowestFree(nodes, block, wanted);
  const isAbove = below === undefined || (above !== undefined && above - wanted.address < wanted.address - below);
  const nearest = isAbove ? above : below;
  return nearest === undefined ? undefined : cidrOf(nodes.family, nearest, wanted.length);
}

function blockOf<Owner>(tree: PrefixTree<Owner>, pool: Cidr): Block {
  return { address: pool.address, length: pool.length, node: tree.topmost(pool) };
}

/** The prefix length of the largest free blocks within a block. */
function largestFree<Owner>(nodes: PrefixNodes<Owner>, { node, length }: Block): number {
  if (node === absent) return length;
  const own = nodes.lengths[node] as number;
  // A node that begins above the block has an owner: it covers the block.
  if (own < length) return noBlock;
  return own === length ? (nodes.free[node] as number) : length + 1;
}

function halves<Owner>(nodes: PrefixNodes<Owner>, { address, length, node }: Block): readonly [Block, Block] {
  const half = length + 1;
  const upper = address + (1n << BigInt(bitsOf(nodes.family) - half));
  const isWhole = nodes.lengths[node] === length;
  const nodeOn = (side: number): number => {
    if (isWhole) return nodes.child(node, side);
    return nodes.sideOf(node, length) === side ? node : absent;
  };
  return [
    { address, length: half, node: nodeOn(0) },
    { address: upper, length: half, node: nodeOn(1) },
  ];
}

/** Whether something smaller than the block itself is taken from it. */
function isSplit<Owner>(nodes: PrefixNodes<Owner>, { node, length }: Block): boolean {
  return node !== absent && (nodes.lengths[node] !== length || nodes.owners[node] === undefined);
}

/** The lowest free block at or above the wanted one. */
function lowestFree<Owner>(nodes: PrefixNodes<Owner>, block: Block, wanted: Cidr): bigint | undefined {
  if (lastBlockIn(nodes, block, wanted) < wanted.address) return undefined;
  if (block.node === absent) return larger(block.address, wanted.address);
  if (largestFree(nodes, block) > wanted.length) return undefined;
  const [left, right] = halves(nodes, block);
  return lowestFree(nodes, left, wanted) ?? lowestFree(nodes, right, wanted);
}

/** The highest free block at or below the wanted one. */
function highestFree<Owner>(nodes: PrefixNodes<Owner>, block: Block, wanted: Cidr): bigint | undefined {
  if (block.address > wanted.address) return undefined;
  if (block.node === absent) return smaller(lastBlockIn(nodes, block, wanted), wanted.address);
  if (largestFree(nodes, block) > wanted.length) return undefined;
  const [left, right] = halves(nodes, block);
  return highestFree(nodes, right, wanted) ?? highestFree(nodes, left, wanted);
}

/** Where the last block of the wanted length in a block begins. */
function lastBlockIn<Owner>({ family }: PrefixNodes<Owner>, { address, length }: Block, wanted: Cidr): bigint {
  const bits = BigInt(bitsOf(family));
  return address + (1n << (bits - BigInt(length))) - (1n << (bits - BigInt(wanted.length)));
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
