import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafCluster, VirtualNodeShortcut } from '../api/index.ts';
import type { PlanOutcome } from '../plan/plan-link.ts';
import { leaves, shortcuts } from '../testing/fleets.ts';
import { planByScan } from '../testing/review-by-scan.ts';
import { createFleetIndex, type FleetIndex } from './fleet-index.ts';
import type { Review } from './review.ts';

type Step =
  | { readonly put: VirtualNodeShortcut | LeafCluster }
  | { readonly remove: string }
  | { readonly look: VirtualNodeShortcut };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: shortcuts.map((put) => ({ put })) },
    { weight: 4, arbitrary: leaves.map((put) => ({ put })) },
    { weight: 2, arbitrary: fc.oneof(shortcuts, leaves).map(({ metadata }) => ({ remove: metadata.name })) },
    { weight: 2, arbitrary: shortcuts.map((look) => ({ look })) },
  ),
  { maxLength: 30 },
);

/** An index after some steps, and the objects that are left. */
function afterSteps(all: readonly Step[]) {
  const index = createFleetIndex({ centralClusterID: () => 'central' });
  const objects = new Map<string, VirtualNodeShortcut | LeafCluster>();
  for (const step of all) {
    if ('look' in step) index.review(step.look);
    else if ('put' in step) {
      put(index, step.put);
      objects.set(step.put.metadata.name, step.put);
    } else {
      index.removeShortcut(step.remove);
      index.removeLeaf(step.remove);
      objects.delete(step.remove);
    }
  }
  const left = [...objects.values()];
  return {
    index,
    left,
    shortcuts: left.filter((each) => each.kind === 'VirtualNodeShortcut'),
    leaves: left.filter((each) => each.kind === 'LeafCluster'),
  };
}

function put(index: FleetIndex, object: VirtualNodeShortcut | LeafCluster): void {
  if (object.kind === 'LeafCluster') index.putLeaf(object);
  else index.putShortcut(object);
}

describe('whatever happened before, a fleet index', () => {
  it('says of every shortcut what one says that got the same objects in another order', () => {
    fc.assert(
      fc.property(steps, shortcuts, fc.infiniteStream(fc.nat()), (history, probe, random) => {
        const { index, left, shortcuts: stored } = afterSteps(history);
        const shuffled = left.map((each) => ({ each, at: random.next().value as number })).sort((a, b) => a.at - b.at);
        const fresh = createFleetIndex({ centralClusterID: () => 'central' });
        for (const { each } of shuffled) put(fresh, each);
        expect(index.review(probe)).toEqual(fresh.review(probe));
        for (const each of stored) {
          const options = { isStored: true };
          expect(index.review(each, options)).toEqual(fresh.review(each, options));
        }
        expect(index.review(probe)).toEqual(fresh.review(probe));
      }),
      { numRuns: 500 },
    );
  });

  it('plans names as if all shortcuts to which one yields were carried out before it, one after the other', () => {
    fc.assert(
      fc.property(steps, shortcuts, (history, probe) => {
        const { index, ...objects } = afterSteps(history);
        const others = objects.shortcuts.filter(({ metadata }) => metadata.name !== probe.metadata.name);
        index.removeShortcut(probe.metadata.name);
        expectSame(index.review(probe), planByScan({ ...objects, shortcuts: others }, probe, false));
        for (const each of others) {
          expectSame(index.review(each, { isStored: true }), planByScan({ ...objects, shortcuts: others }, each, true));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has forgotten what is gone', () => {
    fc.assert(
      fc.property(steps, shortcuts, (history, probe) => {
        const { index, left } = afterSteps(history);
        for (const { metadata } of left) {
          index.removeShortcut(metadata.name);
          index.removeLeaf(metadata.name);
        }
        const fresh = createFleetIndex({ centralClusterID: () => 'central' });
        expect(index.review(probe)).toEqual(fresh.review(probe));
      }),
    );
  });
});

function expectSame(review: Review, planned: PlanOutcome | undefined): void {
  if (planned === undefined) return;
  const found = review.problems.filter(({ code }) => code.startsWith('CORE_MAPPING'));
  const expected = planned.ok ? [] : planned.problems.filter(({ code }) => code.startsWith('CORE_MAPPING'));
  expect(found.map(({ path, code }) => `${path} ${code}`)).toEqual(expected.map(({ path, code }) => `${path} ${code}`));
  if (review.plan !== undefined && planned.ok) expect(review.plan.sides).toEqual(planned.plan.sides);
}
