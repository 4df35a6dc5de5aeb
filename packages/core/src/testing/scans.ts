import { type Cidr, cidrOf, lastAddressOf } from '../address/cidr.ts';
import { bitsOf } from '../address/family.ts';
import { contains, overlaps } from '../address/relations.ts';
import { type AllocateOptions, defaultPools } from '../remap/allocate.ts';

/** What `allocate` must answer, found by looking at every range again and again. */
export function allocateByScan(wanted: Cidr, inUse: readonly Cidr[], options: AllocateOptions = {}): Cidr | undefined {
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

/** What `nearestFreeBlock` must answer, found by trying one block after the other. */
export function nearestFreeBlockByScan(
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
