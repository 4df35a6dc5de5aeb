import { describe, expect, it } from 'vitest';
import { type CensusObject, censusKey, compareCensuses, fingerprint, isCounted } from './compare.ts';

const object = (name: string, extra: object = {}): CensusObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid: `uid of ${name}`, resourceVersion: '1' },
  ...extra,
});
const census = (...objects: CensusObject[]) =>
  new Map(objects.map((one) => [censusKey('rome', one), fingerprint(one)]));
const changed = (before: CensusObject, after: CensusObject) => compareCensuses(census(before), census(after)).changed;

describe('a census', () => {
  it('names what came and what went', () => {
    const difference = compareCensuses(census(object('a'), object('b')), census(object('b'), object('c')));
    expect(difference).toEqual({
      added: ['rome v1 ConfigMap default/c'],
      removed: ['rome v1 ConfigMap default/a'],
      changed: [],
    });
  });

  it('sees every change of data, labels, finalizers and UID', () => {
    expect(changed(object('a', { data: { x: '1' } }), object('a', { data: { x: '2' } }))).toHaveLength(1);
    for (const metadata of [
      { labels: { x: 'y' } },
      { finalizers: ['x'] },
      { uid: 'another' },
      { ownerReferences: [{}] },
    ]) {
      const touched = { ...object('a'), metadata: { ...object('a').metadata, ...metadata } };
      expect(changed(object('a'), touched)).toHaveLength(1);
    }
  });

  it('does not see status, resource version, or the order of keys', () => {
    const moved = {
      ...object('a', { status: { now: true } }),
      metadata: { ...object('a').metadata, resourceVersion: '9' },
    };
    expect(
      changed(object('a', { data: { x: '1', y: '2' } }), { ...moved, data: { y: '2', x: '1' } } as CensusObject),
    ).toEqual([]);
  });

  it('leaves out events, leases and our own kinds', () => {
    const kinds = [
      ['v1', 'Event'],
      ['coordination.k8s.io/v1', 'Lease'],
      ['leafway.dev/v1alpha1', 'LeafCluster'],
    ] as const;
    for (const [apiVersion, kind] of kinds) expect(isCounted({ ...object('a'), apiVersion, kind })).toBe(false);
    expect(isCounted(object('a'))).toBe(true);
  });
});
