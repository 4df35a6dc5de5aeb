import { type Cidr, parseCidr } from '../address/cidr.ts';
import { contains } from '../address/relations.ts';
import { firstFreeBlock } from '../ranges/free-blocks.ts';
import { type RangeSet, rangeSetOf } from '../ranges/range-set.ts';

/** The ranges from which Liqo's IPAM gives, unless it is installed with others. */
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
 * The range that an IPAM gives when `wanted` is asked for while `inUse` is taken (as in Liqo 1.2): the wanted
 * one when it is free, else a free one of the same length; `undefined` when the pools have none.
 */
export function allocate(wanted: Cidr, inUse: Iterable<Cidr>, options: AllocateOptions = {}): Cidr | undefined {
  return allocateIn(rangeSetOf(inUse), wanted, options);
}

/** Like {@link allocate}, for who asks more than once: the cost does not grow with the number of ranges in the set. */
export function allocateIn<Owner>(
  taken: RangeSet<Owner>,
  wanted: Cidr,
  options: AllocateOptions = {},
): Cidr | undefined {
  const pools = options.pools ?? defaultPools;
  const isEligible = options.outsidePools === 'keep' || pools.some((pool) => contains(pool, wanted));
  if (isEligible && taken.isFree(wanted)) return wanted;
  for (const pool of pools) {
    if (pool.family !== wanted.family) continue;
    const found = firstFreeBlock(taken.treeOf(wanted), pool, wanted.length);
    if (found !== undefined) return found;
  }
  return undefined;
}
