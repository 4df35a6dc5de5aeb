import { expect, test } from 'vitest';
import type { KubeObject } from '../api/kube-api.ts';
import { widgets } from '../testing/own/widgets.ts';
import { Listing } from './listing.ts';

const aWidget = (name: string): KubeObject => ({ apiVersion: 'test.dev/v1', kind: 'Widget', metadata: { name } });

test('a listing keeps the last state of each object', () => {
  const listing = new Listing<KubeObject>(widgets);
  listing.add([aWidget('a'), aWidget('b')]);
  const newer = { ...aWidget('a'), spec: 2 };
  listing.add([newer]);
  listing.delete(aWidget('b'));
  expect(listing.items).toEqual([newer]);
});

test.each([
  ['objects', (listing: Listing<KubeObject>) => listing.add(Array(50_001).fill(aWidget('a')))],
  ['bytes', (listing: Listing<KubeObject>) => listing.add([aWidget('a')], 129 * 1024 * 1024)],
])('a listing that has too many %s is given up', (_, add) => {
  const listing = new Listing<KubeObject>(widgets);
  add(listing);
  expect(() => add(listing)).toThrow('the list goes on after 100000 objects, 256 MiB or 1000 pages');
});
