import { createFleetIndex, kinds, pairKey, safeParseCidr } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import { type FleetSize, firstFreeLink, leafID, linkOf, linksOfLeaf, namesAt } from '../../fleet/shape.ts';
import { leafOf, shortcutOf } from './objects.ts';
import { reviewsFor } from './reviews.ts';

const size: FleetSize = { leaves: 40, shortcuts: 100 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

describe('the fleet', () => {
  it('has no pair twice, and every leaf about as many links as the others', () => {
    const pairs = numbers(size.shortcuts).map((number) => linkOf(number, size));
    expect(new Set(pairs.map(({ a, b }) => pairKey(leafID(a), leafID(b)))).size).toBe(size.shortcuts);
    const degrees = numbers(size.leaves).map((leaf) => pairs.filter(({ a, b }) => a === leaf || b === leaf).length);
    expect(Math.max(...degrees) - Math.min(...degrees)).toBeLessThanOrEqual(2);
  });

  it('tells of a leaf the links that the shortcuts make, each with names of its own', () => {
    for (const leaf of numbers(size.leaves)) {
      const links = linksOfLeaf(leaf, size);
      const peers = numbers(size.shortcuts).flatMap((number) => {
        const { a, b } = linkOf(number, size);
        return a === leaf ? [b] : b === leaf ? [a] : [];
      });
      expect(new Set(links.map(({ peer }) => peer))).toEqual(new Set(peers));
      expect(links).toHaveLength(peers.length);
      const names = links.flatMap(({ place }) => Object.values(namesAt(place)));
      expect(new Set(names).size).toBe(2 * links.length);
      for (const name of names) expect(safeParseCidr(name).ok).toBe(true);
    }
  });

  it('is refused where it would have a pair twice, or more peers than there are names for', () => {
    expect(() => linkOf(20 * size.leaves, size)).toThrow('40 leaves have no link 800');
    expect(() => namesAt(200)).toThrow('a leaf has no room for 201 peers');
  });
});

describe('the reviews', () => {
  const reviews = reviewsFor(size, 50);
  const requests = reviews.map(
    ({ review }) => (review as { request: { uid: string; name: string; object: object } }).request,
  );

  it('differ in uid and in the object', () => {
    expect(new Set(requests.map(({ uid }) => uid)).size).toBe(50);
    expect(new Set(requests.map(({ object }) => JSON.stringify(object))).size).toBe(50);
  });

  it('expect what the index of that fleet says of them', () => {
    const index = createFleetIndex({ centralClusterID: () => 'central' });
    for (const leaf of numbers(size.leaves)) index.putLeaf(leafOf(leaf, size));
    for (const number of numbers(size.shortcuts)) index.putShortcut(shortcutOf(number, size));
    for (const [at, { allowed }] of reviews.entries()) {
      const { object } = requests[at] as { object: ReturnType<typeof shortcutOf> };
      const isStored = object.metadata.uid !== undefined;
      expect(object.kind).toBe(kinds.shortcuts.kind);
      expect(index.review(object, { isStored }).problems.length === 0).toBe(allowed);
    }
    expect(firstFreeLink(size)).toBe(120);
  });
});
