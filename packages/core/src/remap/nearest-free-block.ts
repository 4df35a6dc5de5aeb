import type { Cidr } from '../address/cidr.ts';
import { contains } from '../address/relations.ts';
import { nearestFreeBlockIn } from '../ranges/free-blocks.ts';
import { type RangeSet, rangeSetOf } from '../ranges/range-set.ts';
import { defaultPools } from './allocate.ts';

/**
 * The free range of the same length that is nearest to `wanted`, to be proposed to a person; of two equally near ones
 * the lower. It is taken from the pool that has the wanted range, else from all pools of its family.
 */
export function nearestFreeBlock(
  wanted: Cidr,
  inUse: Iterable<Cidr>,
  pools: readonly Cidr[] = defaultPools,
): Cidr | undefined {
  return nearestFreeIn(rangeSetOf(inUse), wanted, pools);
}

/** Like {@link nearestFreeBlock}; the cost does not grow with the number of ranges in the set. */
export function nearestFreeIn<Owner>(
  taken: RangeSet<Owner>,
  wanted: Cidr,
  pools: readonly Cidr[] = defaultPools,
): Cidr | undefined {
  const sameFamily = pools.filter(({ family }) => family === wanted.family);
  const home = sameFamily.filter((pool) => contains(pool, wanted));
  return nearestOf(home, taken, wanted) ?? nearestOf(sameFamily, taken, wanted);
}

function nearestOf<Owner>(pools: readonly Cidr[], taken: RangeSet<Owner>, wanted: Cidr): Cidr | undefined {
  const distance = ({ address }: Cidr): bigint =>
    address < wanted.address ? wanted.address - address : address - wanted.address;
  const found = pools.flatMap((pool) => nearestFreeBlockIn(taken.treeOf(wanted), pool, wanted) ?? []);
  return found.reduce<Cidr | undefined>(
    (best, block) => (best === undefined || distance(block) < distance(best) ? block : best),
    undefined,
  );
}
