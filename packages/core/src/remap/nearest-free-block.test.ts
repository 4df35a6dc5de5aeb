import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cidr, parseCidr } from '../address/cidr.ts';
import { overlaps } from '../address/relations.ts';
import { nearestFreeBlock } from './nearest-free-block.ts';

const parse = (texts: readonly string[]): Cidr[] => texts.map((text) => parseCidr(text));

describe('nearestFreeBlock', () => {
  it.each([
    ['itself when it is free', '10.244.0.0/16', [], '10.244.0.0/16'],
    ['the lower of two neighbours', '10.244.0.0/16', ['10.244.0.0/16'], '10.243.0.0/16'],
    [
      'the upper neighbour when the lower one is taken',
      '10.244.0.0/16',
      ['10.244.0.0/16', '10.243.128.0/17'],
      '10.245.0.0/16',
    ],
    ['the block beyond a larger range', '10.100.0.0/16', ['10.96.0.0/12'], '10.95.0.0/16'],
    ['a block of the same pool', '10.0.0.0/16', ['10.0.0.0/16'], '10.1.0.0/16'],
    ['a block of another pool when its own is full', '192.168.0.0/16', ['192.168.1.0/24'], '172.31.0.0/16'],
    ['a block of a pool for a range from outside', '100.64.0.0/16', [], '172.16.0.0/16'],
  ])('is %s', (_, wanted, inUse, nearest) => {
    expect(nearestFreeBlock(parseCidr(wanted), parse(inUse))?.text).toBe(nearest);
  });

  it('does not exist when everything is taken, nor for a family without a pool', () => {
    expect(nearestFreeBlock(parseCidr('10.0.0.0/16'), parse(['0.0.0.0/0']))).toBeUndefined();
    expect(nearestFreeBlock(parseCidr('fd00::/56'), [])).toBeUndefined();
    expect(nearestFreeBlock(parseCidr('10.0.0.0/7'), [])).toBeUndefined();
  });

  it('works for IPv6', () => {
    const wanted = parseCidr('fd00:244::/56');
    expect(nearestFreeBlock(wanted, [wanted], parse(['fd00:244::/48']))?.text).toBe('fd00:244:0:100::/56');
  });

  it('is the nearest of all free blocks of a pool', () => {
    const pool = parseCidr('10.0.0.0/24');
    const blocks = Array.from({ length: 16 }, (_, index) => parseCidr(`10.0.0.${16 * index}/28`));
    const used = fc.tuple(fc.nat({ max: 255 }), fc.constantFrom(26, 28, 30)).map(([host, length]) => {
      const size = 2 ** (32 - length);
      return parseCidr(`10.0.0.${host - (host % size)}/${length}`);
    });
    fc.assert(
      fc.property(fc.constantFrom(...blocks), fc.array(used, { maxLength: 8 }), (wanted, inUse) => {
        const distance = (block: Cidr): number => Math.abs(Number(block.address - wanted.address));
        const free = blocks.filter((block) => !inUse.some((range) => overlaps(range, block)));
        const nearest = free.toSorted((a, b) => distance(a) - distance(b) || Number(a.address - b.address))[0];
        expect(nearestFreeBlock(wanted, inUse, [pool])?.text).toBe(nearest?.text);
      }),
    );
  });
});
