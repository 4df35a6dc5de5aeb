import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps } from '../address/relations.ts';
import type { ShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { factsOf } from '../testing/arbitraries.ts';
import { aSpec } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';
import type { SidePlan } from './plan.ts';

/** No cluster uses one range for two purposes. */
const hasDifferentRanges = ({ pod, external }: LeafFacts): boolean => {
  const texts = [...pod, ...external].map(({ text }) => text);
  return new Set(texts).size === texts.length;
};

describe('every plan', () => {
  const policies = fc.constantFrom<Partial<ShortcutSpec>[]>(
    {},
    { ipMapping: { policy: 'Identity' } },
    { gateway: { server: 'rome', mtu: 1500 } },
  );
  const pairs = fc.tuple(factsOf('rome', 'milan'), factsOf('milan', 'rome'));

  it('is the same from both ends, with the sides exchanged', () => {
    fc.assert(
      fc.property(pairs, policies, fc.constantFrom(undefined, 'rome', 'milan'), ([a, b], rest, currentServer) => {
        const there = planShortcut({ spec: aSpec('rome', 'milan', rest), facts: [a, b], currentServer });
        const back = planShortcut({ spec: aSpec('milan', 'rome', rest), facts: [b, a], currentServer });
        expect(back.ok).toBe(there.ok);
        if (!there.ok || !back.ok) return;
        const { sides, warnings, ...same } = there.plan;
        expect(back.plan).toMatchObject(same);
        expect(back.plan.sides).toEqual(sides.toReversed());
        expect(back.plan.warnings.toSorted()).toEqual(warnings.toSorted());
      }),
    );
  });

  it('names every range by one of the same size that overlaps nothing in use and no other name', () => {
    fc.assert(
      fc.property(pairs, policies, (facts, rest) => {
        const outcome = planShortcut({ spec: aSpec('rome', 'milan', rest), facts });
        if (!outcome.ok) return;
        for (const [index, self] of facts.entries()) {
          const { peer, names: planned } = outcome.plan.sides[index] as SidePlan;
          const theirs = facts[1 - index] as LeafFacts;
          expect(planned.pod.map(({ real }) => real)).toEqual(theirs.pod);
          expect(planned.external.map(({ real }) => real)).toEqual(theirs.external);
          const all = [...planned.pod, ...planned.external];
          const foreign = self.inUse.filter(({ remoteClusterID }) => remoteClusterID !== peer).map(({ cidr }) => cidr);
          for (const [position, { real, name }] of all.entries()) {
            const others = all.filter((_, other) => other !== position).map((mapping) => mapping.name);
            expect(name.length).toBe(real.length);
            expect(
              [...foreign, ...self.pod, ...self.external, ...others].filter((range) => overlaps(range, name)),
            ).toEqual([]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stays as it is once its names are in use', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        fc.pre([a, b].every(hasDifferentRanges));
        const first = planShortcut({ spec: aSpec('rome', 'milan'), facts: [a, b] });
        if (!first.ok) return;
        const after = (facts: LeafFacts, { peer, names: given }: SidePlan): LeafFacts => ({
          ...facts,
          servers: facts.servers + 1,
          inUse: [
            ...facts.inUse.filter(({ remoteClusterID }) => remoteClusterID !== peer),
            ...[...given.external, ...given.pod].map(({ name, real }) => ({
              cidr: name,
              owner: 'in use',
              remoteClusterID: peer,
              real,
            })),
          ],
        });
        const { sides, server } = first.plan;
        const facts = [after(a, sides[0]), after(b, sides[1])] as const;
        const second = planShortcut({ spec: aSpec('rome', 'milan'), facts, currentServer: server });
        expect(second.ok && second.plan.server).toBe(server);
        expect(second.ok && second.plan.sides).toEqual(sides);
      }),
    );
  });
});
