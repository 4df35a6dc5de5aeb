import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cidr, cidrOf, parseCidr } from '../address/cidr.ts';
import { bitsOf, hostMask } from '../address/family.ts';
import { contains, overlaps } from '../address/relations.ts';
import { allocateIn } from '../remap/allocate.ts';
import { nearestFreeIn } from '../remap/nearest-free-block.ts';
import { cidrs } from '../testing/arbitraries.ts';
import { allocateByScan, nearestFreeBlockByScan } from '../testing/scans.ts';
import { firstFreeBlock } from './free-blocks.ts';
import { RangeSet, rangeSetOf } from './range-set.ts';

/** Ranges that lie close enough together to be inside, beside and equal to each other often, in both families. */
const closeRanges: fc.Arbitrary<Cidr> = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), offset: fc.nat({ max: 255 }), step: fc.nat({ max: 8 }) })
  .map(({ family, offset, step }) => {
    const bits = bitsOf(family);
    const base = family === 4 ? 0x0a00_0000n : 0xfd00n << 112n;
    // Near the end of the address, and, in IPv6, across the borders of 32 bits.
    const shift = family === 4 ? 4n : ([4n, 30n, 62n, 94n][offset % 4] as bigint);
    const length = bits - Number(shift) - 8 + step;
    return cidrOf(family, (base + (BigInt(offset) << shift)) & ~hostMask(family, length), length);
  });

const anyRanges = fc.oneof({ weight: 4, arbitrary: closeRanges }, { weight: 1, arbitrary: cidrs() });

interface Step {
  readonly range: Cidr;
  readonly owner: string;
  readonly isRemoved: boolean;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ range: anyRanges, owner: fc.constantFrom('a', 'b', 'c'), isRemoved: fc.boolean() }),
  { maxLength: 40 },
);

/** A set and a list after the same steps; what is removed was mostly added before. */
function afterSteps(all: readonly Step[]) {
  const set = new RangeSet<string>();
  const list: { range: Cidr; owner: string }[] = [];
  for (const { range, owner, isRemoved } of all) {
    const index = list.findIndex((each) => each.owner === owner && contains(each.range, range));
    const target = isRemoved ? (list[index]?.range ?? range) : range;
    if (!isRemoved) {
      set.add(target, owner);
      list.push({ range: target, owner });
    } else {
      set.remove(target, owner);
      const same = list.findIndex((each) => each.owner === owner && each.range.text === target.text);
      if (same >= 0) list.splice(same, 1);
    }
  }
  return { set, list, ranges: list.map(({ range }) => range) };
}

describe('after any history, a set of ranges', () => {
  it('finds the outermost range around another, else the first one within, with all its owners', () => {
    fc.assert(
      fc.property(steps, anyRanges, (history, probe) => {
        const { set, list } = afterSteps(history);
        const hits = list.filter(({ range }) => overlaps(range, probe));
        const [first] = hits.toSorted(
          (a, b) =>
            Number(contains(b.range, probe)) - Number(contains(a.range, probe)) ||
            (contains(a.range, probe) ? a.range.length - b.range.length : compare(a.range, b.range)),
        );
        const found = set.overlapping(probe);
        expect(found?.range.text).toBe(first?.range.text);
        const owners = hits.filter(({ range }) => range.text === first?.range.text).map(({ owner }) => owner);
        expect(found?.owners.toSorted()).toEqual(first === undefined ? undefined : owners.toSorted());
        expect(set.isFree(probe)).toBe(hits.length === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('allocates and proposes what a search through all ranges would', () => {
    fc.assert(
      fc.property(steps, anyRanges, fc.array(anyRanges, { minLength: 1, maxLength: 2 }), (history, wanted, given) => {
        const { set, ranges } = afterSteps(history);
        const pools = given.filter((pool) => given.every((other) => other === pool || !overlaps(other, pool)));
        for (const outsidePools of ['keep', 'remap'] as const) {
          const options = { pools, outsidePools };
          expect(allocateIn(set, wanted, options)?.text).toBe(allocateByScan(wanted, ranges, options)?.text);
        }
        expect(nearestFreeIn(set, wanted, pools)?.text).toBe(nearestFreeBlockByScan(wanted, ranges, pools)?.text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('answers like one that was built anew from what is left', () => {
    fc.assert(
      fc.property(steps, fc.array(anyRanges, { minLength: 1, maxLength: 5 }), (history, probes) => {
        const { set, ranges } = afterSteps(history);
        const fresh = rangeSetOf(ranges);
        for (const probe of probes) {
          expect(set.overlapping(probe)?.range.text).toBe(fresh.overlapping(probe)?.range.text);
          expect(allocateIn(set, probe)?.text).toBe(allocateIn(fresh, probe)?.text);
        }
      }),
    );
  });
});

it('packs thousands of ranges without a gap, and finds them full', () => {
  const pool = parseCidr('10.0.0.0/12');
  const set = new RangeSet<true>();
  const tree = set.treeOf(pool);
  for (let count = 0; count < 4096; count += 1) {
    const block = firstFreeBlock(tree, pool, 24);
    if (block === undefined) throw new Error(`no block is left after ${count}`);
    set.add(block, true);
  }
  expect(tree.size).toBe(4096);
  expect(firstFreeBlock(tree, pool, 24)).toBeUndefined();
  expect(nearestFreeIn(set, parseCidr('10.1.0.0/24'), [pool])).toBeUndefined();
  set.remove(parseCidr('10.7.9.0/24'), true);
  expect(firstFreeBlock(tree, pool, 24)?.text).toBe('10.7.9.0/24');
  expect(firstFreeBlock(tree, pool, 30)?.text).toBe('10.7.9.0/30');
  expect(firstFreeBlock(tree, pool, 23)).toBeUndefined();
});

it('gives back the room of what was removed, and goes on', () => {
  const pool = parseCidr('10.0.0.0/8');
  const set = new RangeSet<number>();
  const all = Array.from({ length: 1_000 }, (_, index) => {
    const block = allocateIn(set, parseCidr('10.0.0.0/24')) ?? pool;
    set.add(block, index);
    return block;
  });
  const tree = set.treeOf(pool);
  const room = tree.capacity;
  for (const [index, block] of all.slice(5).entries()) set.remove(block, index + 5);
  expect(tree.size).toBe(5);
  expect(tree.capacity).toBeLessThan(room / 4);
  for (const [index, block] of all.slice(0, 5).entries()) expect(set.overlapping(block)?.owners).toEqual([index]);
  expect(allocateIn(set, parseCidr('10.0.0.0/24'))?.text).toBe(all[5]?.text);
});

const compare = (a: Cidr, b: Cidr): number =>
  a.address === b.address ? a.length - b.length : a.address < b.address ? -1 : 1;
