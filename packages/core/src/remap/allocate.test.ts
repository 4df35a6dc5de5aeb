import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cidr, parseCidr } from '../address/cidr.ts';
import { contains, overlaps } from '../address/relations.ts';
import { clusterRanges } from '../testing/arbitraries.ts';
import { allocate, defaultPools } from './allocate.ts';

const parse = (texts: readonly string[]): Cidr[] => texts.map((text) => parseCidr(text));

/** What a cluster answers to one wish after the other. */
function acquire(own: readonly string[], wishes: readonly string[]): (string | undefined)[] {
  const inUse = parse(own);
  return wishes.map((wish) => {
    const acquired = allocate(parseCidr(wish), inUse);
    if (acquired !== undefined) inUse.push(acquired);
    return acquired?.text;
  });
}

const defaultInstallation = ['10.244.0.0/16', '10.96.0.0/12', '10.70.0.0/16', '10.80.0.0/16'];
const pod = '10.244.0.0/16';
const external = '10.70.0.0/16';
const threeRemotes = [pod, external, pod, external, pod, external];

describe("allocate gives what Liqo's IPAM gives", () => {
  it.each([
    ['the first remote', [pod, external], ['10.71.0.0/16', '10.68.0.0/16']],
    [
      'the second remote',
      [pod, external, pod, external],
      ['10.71.0.0/16', '10.68.0.0/16', '10.69.0.0/16', '10.64.0.0/16'],
    ],
    [
      'the third remote',
      threeRemotes,
      ['10.71.0.0/16', '10.68.0.0/16', '10.69.0.0/16', '10.64.0.0/16', '10.65.0.0/16', '10.66.0.0/16'],
    ],
    ['a range that overlaps nothing', ['10.243.0.0/16'], ['10.243.0.0/16']],
  ])('to %s', (_, wishes, acquired) => {
    expect(acquire(defaultInstallation, wishes)).toEqual(acquired);
  });

  it('to a range outside the pools, after three remotes', () => {
    expect(acquire(defaultInstallation, [...threeRemotes, '100.64.0.0/16']).at(-1)).toBe('10.67.0.0/16');
  });

  it('to a shorter block, after three remotes and one from outside the pools', () => {
    expect(acquire(defaultInstallation, [...threeRemotes, '100.64.0.0/16', '10.244.0.0/20']).at(-1)).toBe(
      '10.72.0.0/20',
    );
  });

  it('on k3s', () => {
    const k3s = ['10.42.0.0/16', '10.43.0.0/16', '10.70.0.0/16', '10.80.0.0/16'];
    expect(acquire(k3s, ['10.42.0.0/16', external, '10.42.0.0/16', external])).toEqual([
      '10.40.0.0/16',
      '10.41.0.0/16',
      '10.44.0.0/16',
      '10.45.0.0/16',
    ]);
  });
});

describe('allocate', () => {
  it('gives a free range of the same length, the wanted one if that is free and in a pool', () => {
    fc.assert(
      fc.property(clusterRanges, fc.array(clusterRanges, { maxLength: 12 }), (wanted, inUse) => {
        const isFree = (range: Cidr): boolean => !inUse.some((other) => overlaps(other, range));
        const acquired = allocate(wanted, inUse);
        if (acquired === undefined) return;
        expect(acquired.length).toBe(wanted.length);
        expect(isFree(acquired)).toBe(true);
        const pool = defaultPools.find((candidate) => contains(candidate, acquired));
        expect(pool).toBeDefined();
        if (isFree(wanted) && defaultPools.some((candidate) => contains(candidate, wanted)))
          expect(acquired).toEqual(wanted);
      }),
    );
  });

  it('finds a free block whenever there is one', () => {
    const pools = parse(['10.0.0.0/28']);
    const blocks = Array.from({ length: 4 }, (_, index) => parseCidr(`10.0.0.${4 * index}/30`));
    const smaller = fc.integer({ min: 0, max: 15 }).map((host) => parseCidr(`10.0.0.${host}/32`));
    fc.assert(
      fc.property(fc.array(smaller, { maxLength: 8 }), (inUse) => {
        const free = blocks.filter((block) => !inUse.some((range) => overlaps(range, block)));
        const acquired = allocate(parseCidr('192.0.2.0/30'), inUse, { pools });
        expect(acquired === undefined).toBe(free.length === 0);
      }),
    );
  });

  it('does not depend on the order of what is in use', () => {
    const lists = fc.array(clusterRanges, { maxLength: 8 });
    fc.assert(
      fc.property(clusterRanges, lists, (wanted, inUse) => {
        expect(allocate(wanted, inUse.toReversed())?.text).toBe(allocate(wanted, inUse)?.text);
      }),
    );
  });

  it('uses the pools in their order and stops when all are full', () => {
    const pools = parse(['10.0.0.0/24', '192.168.0.0/24']);
    const wanted = parseCidr('10.0.0.0/24');
    expect(allocate(wanted, parse(['10.0.0.8/32']), { pools })?.text).toBe('192.168.0.0/24');
    expect(allocate(wanted, parse(['10.0.0.8/32', '192.168.0.0/16']), { pools })).toBeUndefined();
    expect(allocate(parseCidr('10.0.0.0/8'), parse(['10.0.0.8/32']), { pools })).toBeUndefined();
  });

  it('keeps a free range outside the pools where that is asked for', () => {
    const wanted = parseCidr('100.64.0.0/16');
    expect(allocate(wanted, [], { outsidePools: 'keep' })).toEqual(wanted);
    expect(allocate(wanted, parse(['100.64.7.0/24']), { outsidePools: 'keep' })?.text).toBe('10.0.0.0/16');
  });

  it('serves IPv6 from pools of IPv6 only', () => {
    const wanted = parseCidr('fd00:244::/56');
    expect(allocate(wanted, [])).toBeUndefined();
    expect(allocate(wanted, [], { outsidePools: 'keep' })).toEqual(wanted);
    expect(allocate(wanted, [wanted], { pools: parse(['10.0.0.0/8', 'fd00:244::/48']) })?.text).toBe(
      'fd00:244:0:100::/56',
    );
  });
});
