import { BlockList } from 'node:net';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { addresses, addressesIn, cidrs, clusterRanges, remaps } from '../testing/arbitraries.ts';
import { type Address, parseAddress } from './address.ts';
import { type Cidr, lastAddressOf, parseCidr } from './cidr.ts';
import { hostMask } from './family.ts';
import { contains, mapAddress, overlaps } from './relations.ts';

const isInBlockList = (cidr: Cidr, address: Address): boolean => {
  const list = new BlockList();
  list.addSubnet(cidr.text.split('/')[0] ?? '', cidr.length, `ipv${cidr.family}`);
  return list.check(address.text, `ipv${address.family}`);
};

/** A range and an address of its family that is in it more often than chance would have it. */
const rangeAndAddress = cidrs().chain((cidr) =>
  fc.tuple(fc.constant(cidr), fc.oneof(addressesIn(cidr), addresses(fc.constant(cidr.family)))),
);

const isInSubnet = (cidr: Cidr, address: Address): boolean =>
  cidr.family === 4
    ? new Address4(address.text).isInSubnet(new Address4(cidr.text))
    : new Address6(address.text).isInSubnet(new Address6(cidr.text));

describe('contains', () => {
  it('agrees with node:net and ip-address', () => {
    fc.assert(
      fc.property(rangeAndAddress, ([cidr, address]) => {
        const expected = isInBlockList(cidr, address);
        expect(contains(cidr, address)).toBe(expected);
        expect(isInSubnet(cidr, address)).toBe(expected);
      }),
    );
  });

  it('holds for a range in a range when both its ends are inside', () => {
    fc.assert(
      fc.property(clusterRanges, clusterRanges, (outer, inner) => {
        const expected = inner.address >= outer.address && lastAddressOf(inner) <= lastAddressOf(outer);
        expect(contains(outer, inner)).toBe(expected);
      }),
    );
  });
});

describe('overlaps', () => {
  it('is symmetric, and holds when the spans of numbers meet', () => {
    fc.assert(
      fc.property(clusterRanges, clusterRanges, (a, b) => {
        expect(overlaps(a, b)).toBe(a.address <= lastAddressOf(b) && b.address <= lastAddressOf(a));
        expect(overlaps(b, a)).toBe(overlaps(a, b));
      }),
    );
  });

  it('never holds between families', () => {
    expect(overlaps(parseCidr('0.0.0.0/0'), parseCidr('::/0'))).toBe(false);
  });
});

describe('mapAddress', () => {
  it('keeps the host bits and lands in the other range', () => {
    fc.assert(
      fc.property(remaps, ({ address, from, to }) => {
        const mapped = mapAddress(address, from, to);
        const mask = hostMask(from.family, from.length);
        expect(mapped.value & mask).toBe(address.value & mask);
        expect(contains(to, mapped)).toBe(true);
      }),
    );
  });

  it('is a bijection whose inverse is the map back', () => {
    fc.assert(
      fc.property(remaps, ({ address, from, to }) => {
        expect(mapAddress(mapAddress(address, from, to), to, from)).toEqual(address);
      }),
    );
    const [from, to] = [parseCidr('10.244.3.192/27'), parseCidr('192.168.7.32/27')];
    const images = Array.from(
      { length: 32 },
      (_, host) => mapAddress(parseAddress(`10.244.3.${192 + host}`), from, to).text,
    );
    expect(new Set(images)).toEqual(new Set(Array.from({ length: 32 }, (_, host) => `192.168.7.${32 + host}`)));
  });

  it('refuses ranges that differ in length or family, and an address from elsewhere', () => {
    const address = parseAddress('10.244.0.1');
    expect(() => mapAddress(address, parseCidr('10.244.0.0/16'), parseCidr('10.71.0.0/17'))).toThrow(
      'prefix lengths must be equal',
    );
    expect(() => mapAddress(address, parseCidr('10.244.0.0/16'), parseCidr('fd00::/16'))).toThrow(
      'prefix lengths must be equal',
    );
    expect(() => mapAddress(address, parseCidr('10.71.0.0/16'), parseCidr('10.244.0.0/16'))).toThrow(
      '10.244.0.1 is not in 10.71.0.0/16',
    );
  });
});
