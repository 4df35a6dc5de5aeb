import { type Cidr, cidrOf, parseCidr } from '../address/cidr.ts';
import { bitsOf } from '../address/family.ts';
import { contains, overlaps } from '../address/relations.ts';

/** The ranges from which Liqo's IPAM gives, unless it is installed with others (contract section 3.1). */
export const defaultPools: readonly Cidr[] = ['10.0.0.0/8', '192.168.0.0/16', '172.16.0.0/12'].map((text) =>
  parseCidr(text),
);

/** How {@link allocate} chooses. */
export interface AllocateOptions {
  /** Where to take from, in this order; {@link defaultPools} unless given. */
  readonly pools?: readonly Cidr[];
  /** What to do with a wanted range that is free but in no pool: `remap` (default, as Liqo 1.2.0) or `keep` it. */
  readonly outsidePools?: 'keep' | 'remap';
}

/**
 * The range that an IPAM gives when `wanted` is asked for while `inUse` is taken (contract section 3.3): the wanted
 * one when it is free, else a free one of the same length; `undefined` when the pools have none.
 */
export function allocate(wanted: Cidr, inUse: readonly Cidr[], options: AllocateOptions = {}): Cidr | undefined {
  const pools = options.pools ?? defaultPools;
  const isEligible = options.outsidePools === 'keep' || pools.some((pool) => contains(pool, wanted));
  if (isEligible && !inUse.some((range) => overlaps(range, wanted))) return wanted;
  for (const pool of pools) {
    if (pool.family !== wanted.family) continue;
    const found = firstFree(
      pool,
      wanted.length,
      inUse.filter((range) => overlaps(range, pool)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Descends the binary tree of prefixes as Liqo's IPAM does: into a half that is split already before one that is not,
 * left before right. So it packs, but does not give the lowest address first.
 */
function firstFree(node: Cidr, length: number, inUse: readonly Cidr[]): Cidr | undefined {
  if (node.length > length || inUse.some((range) => range.length <= node.length)) return undefined;
  if (node.length === length) return inUse.length === 0 ? node : undefined;
  const [left, right] = halves(node).map((half) => ({ half, inUse: inUse.filter((range) => overlaps(range, half)) }));
  if (left === undefined || right === undefined) return undefined;
  const order = !isSplit(left) && isSplit(right) ? [right, left] : [left, right];
  for (const side of order) {
    const found = firstFree(side.half, length, side.inUse);
    if (found !== undefined) return found;
  }
  return undefined;
}

function halves(node: Cidr): Cidr[] {
  const length = node.length + 1;
  const size = 1n << BigInt(bitsOf(node.family) - length);
  return [cidrOf(node.family, node.address, length), cidrOf(node.family, node.address + size, length)];
}

/** A node is split when something smaller than itself is taken from it. */
function isSplit({ half, inUse }: { half: Cidr; inUse: readonly Cidr[] }): boolean {
  return inUse.some((range) => range.length > half.length);
}
