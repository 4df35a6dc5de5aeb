import fc from 'fast-check';
import { type Address, addressOf } from '../address/address.ts';
import { type Cidr, cidrOf } from '../address/cidr.ts';
import { bitsOf, type Family, hostMask } from '../address/family.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';

const families = fc.constantFrom<Family[]>(4, 6);

/** Any address but an IPv4 one in IPv6 clothes; among those of IPv6 many with runs of zeros. */
export function addresses(family: fc.Arbitrary<Family> = families): fc.Arbitrary<Address> {
  return family.chain((chosen) => numbers(chosen).map((value) => addressOf(chosen, value)));
}

function numbers(family: Family): fc.Arbitrary<bigint> {
  if (family === 4) return fc.bigInt(0n, (1n << 32n) - 1n);
  const group = fc.oneof({ weight: 2, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.bigInt(0n, 0xffffn) });
  return fc
    .array(group, { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce((value, next) => (value << 16n) | next, 0n))
    .filter((value) => value >> 32n !== 0xffffn);
}

/** Any range, its length at least `minLength`. */
export function cidrs(family: fc.Arbitrary<Family> = families, minLength = 0): fc.Arbitrary<Cidr> {
  return addresses(family).chain((address) =>
    fc
      .integer({ min: minLength, max: bitsOf(address.family) })
      .map((length) => cidrOf(address.family, address.value & ~hostMask(address.family, length), length))
      .filter((cidr) => cidr.address >> 32n !== 0xffffn),
  );
}

/** Any address of a range. */
export function addressesIn({ family, address, length }: Cidr): fc.Arbitrary<Address> {
  return fc.bigInt(0n, hostMask(family, length)).map((host) => addressOf(family, address | host));
}

/** Two ranges of the same size, and an address in the first. */
export const remaps: fc.Arbitrary<{ address: Address; from: Cidr; to: Cidr }> = cidrs().chain((from) =>
  fc.record({
    from: fc.constant(from),
    to: numbers(from.family).map((value) =>
      cidrOf(from.family, value & ~hostMask(from.family, from.length), from.length),
    ),
    address: addressesIn(from),
  }),
);

/** An IPv4 range of a size that clusters have, near enough to others to overlap often. */
export const clusterRanges: fc.Arbitrary<Cidr> = fc
  .record({
    base: fc.constantFrom(0x0a000000n, 0x0a400000n, 0x0af00000n, 0xc0a80000n, 0xac100000n, 0x64400000n),
    offset: fc.bigInt(0n, 0xfffffn),
    length: fc.integer({ min: 12, max: 26 }),
  })
  .map(({ base, offset, length }) => cidrOf(4, (base + offset) & ~hostMask(4, length), length));

/** The facts of a leaf with uneven, partly overlapping ranges, some of them names that it gave to `peer` already. */
export function factsOf(id: string, peer: string): fc.Arbitrary<LeafFacts> {
  const owners = fc.constantFrom(
    { owner: 'reserved network' },
    { owner: "name of paris's pods", remoteClusterID: 'paris' },
    { owner: `name of ${peer}'s pods`, remoteClusterID: peer },
    { owner: `name of ${peer}'s external range`, remoteClusterID: peer },
  );
  return fc.record({
    id: fc.constant(id),
    dataPlane: fc.constantFrom('Liqo' as const, 'Leafway' as const),
    pod: fc.array(clusterRanges, { minLength: 1, maxLength: 2 }),
    external: fc.array(clusterRanges, { minLength: 1, maxLength: 1 }),
    inUse: fc.array(
      fc.tuple(clusterRanges, owners).map(([cidr, owner]) => ({ cidr, ...owner })),
      { maxLength: 6 },
    ),
    mayServe: fc.boolean(),
    servers: fc.nat({ max: 3 }),
    serversWithoutAddress: fc.constant(0),
    isReachable: fc.boolean(),
  });
}
