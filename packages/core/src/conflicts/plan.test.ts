import { expect, it } from 'vitest';
import { aLeaf, aSpec } from '../testing/builders.ts';
import { aShortcut } from '../testing/fleets.ts';
import { createFleetIndex } from './fleet-index.ts';
import { plan } from './plan.ts';

const leaves = ['rome', 'milan', 'paris'].map((id) => aLeaf(id));
const fleet = { leaves, centralClusterID: 'central' };
const shortcut = aShortcut('rome-milan', aSpec('rome', 'milan'));

it('a plan of one shortcut says what an index of the fleet says', () => {
  const shortcuts = [aShortcut('rome-paris', aSpec('rome', 'paris'))];
  const index = createFleetIndex({ centralClusterID: () => 'central' });
  for (const leaf of leaves) index.putLeaf(leaf);
  for (const other of shortcuts) index.putShortcut(other);
  expect(plan({ ...fleet, shortcut, shortcuts })).toEqual(index.review(shortcut));
});

it('a plan tells a change from a new shortcut by the name', () => {
  const change = (spec: typeof shortcut.spec) =>
    plan({ ...fleet, shortcuts: [shortcut], shortcut: { ...shortcut, metadata: { name: 'rome-milan' }, spec } });
  expect(change(aSpec('milan', 'rome', { paused: true })).problems).toEqual([]);
  expect(change(aSpec('rome', 'paris')).problems).toMatchObject([{ code: 'CORE_PAIR_CHANGED' }]);
});

it('a plan says that a shortcut cannot give up a link of its own by observing it', () => {
  const own = { cluster: 'rome', apiVersion: 'v1', kind: 'Namespace', name: 'n' };
  const change = (origin: 'Adopted' | 'Created' | 'Observed') => {
    const stored = { ...shortcut, status: { objects: [{ ...own, origin }] } };
    const observing = { ...shortcut, spec: aSpec('rome', 'milan', { existing: 'Observe' }) };
    return plan({ ...fleet, shortcuts: [stored], shortcut: observing }).problems.map(({ code }) => code);
  };
  expect(change('Adopted')).toEqual(['CORE_OWN_LINK']);
  expect(change('Created')).toEqual(['CORE_OWN_LINK']);
  expect(change('Observed')).toEqual([]);
});

it('a plan of a shortcut that is being deleted says that it cannot be changed', () => {
  const metadata = { ...shortcut.metadata, deletionTimestamp: '2026-01-01T13:00:00Z' };
  const { problems, warnings } = plan({ ...fleet, shortcuts: [{ ...shortcut, metadata }], shortcut });
  expect(problems).toMatchObject([{ path: 'spec', code: 'CORE_SHORTCUT_LEAVING' }]);
  expect(warnings).toEqual([]);
});

it('a plan says that without the ID of the centre it could not look whether an end is the centre', () => {
  expect(plan({ leaves, shortcut }).warnings.join()).toContain("the central cluster's own ID is not known");
});
