import { type Cidr, cidrOf, lastAddressOf } from '../address/cidr.ts';
import { bitsOf } from '../address/family.ts';
import { contains, overlaps } from '../address/relations.ts';
import { defaultPools } from './allocate.ts';

/**
 * The free range of the same length that is nearest to `wanted`, to be proposed to a person; of two equally near ones
 * the lower. It is taken from the pool that has the wanted range, else from all pools of its family.
 */
export function nearestFreeBlock(
  wanted: Cidr,
  inUse: readonly Cidr[],
  pools: readonly Cidr[] = defaultPools,
): Cidr | undefined {
  const sameFamily = pools.filter(({ family }) => family === wanted.family);
  const home = sameFamily.filter((pool) => contains(pool, wanted));
  return nearestIn(home, wanted, inUse) ?? nearestIn(sameFamily, wanted, inUse);
}

function nearestIn(pools: readonly Cidr[], wanted: Cidr, inUse: readonly Cidr[]): Cidr | undefined {
  const distance = ({ address }: Cidr): bigint =>
    address < wanted.address ? wanted.address - address : address - wanted.address;
  const candidates = pools
    .filter(({ length }) => length <= wanted.length)
    .flatMap((pool) => [walk(pool, wanted, inUse, 'down'), walk(pool, wanted, inUse, 'up')])
    .filter((found) => found !== undefined);
  return candidates.reduce<Cidr | undefined>(
    (best, found) => (best === undefined || distance(found) < distance(best) ? found : best),
    undefined,
  );
}

/** From the wanted range (or the near end of the pool) in one direction, jumping over what is in use. */
function walk(pool: Cidr, wanted: Cidr, inUse: readonly Cidr[], direction: 'up' | 'down'): Cidr | undefined {
  const { family, length } = wanted;
  const size = 1n << BigInt(bitsOf(family) - length);
  const lowest = pool.address;
  const highest = lastAddressOf(pool) + 1n - size;
  let address = direction === 'up' ? maximum(wanted.address, lowest) : minimum(wanted.address, highest);
  while (address >= lowest && address <= highest) {
    const block = cidrOf(family, address, length);
    const obstacle = inUse.find((range) => overlaps(range, block));
    if (obstacle === undefined) return block;
    // An obstacle smaller than the block lies within it: the next block is the first beyond both.
    address =
      direction === 'up'
        ? maximum(lastAddressOf(obstacle) + 1n, address + size)
        : minimum(obstacle.address, address) - size;
    address -= address % size;
  }
  return undefined;
}

const maximum = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const minimum = (a: bigint, b: bigint): bigint => (a < b ? a : b);
