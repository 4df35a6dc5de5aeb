import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { ShortcutSpec } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';

const aLiqo = (id: string, dialect?: '1.0' | '1.2'): LeafFacts =>
  someFacts(id, { dataPlane: 'Liqo', liqo: { namespace: 'liqo', ...(dialect === undefined ? {} : { dialect }) } });

const withTwoPodRanges = (facts: LeafFacts): LeafFacts => ({
  ...facts,
  pod: ['10.1.0.0/16', '10.2.0.0/16'].map((text) => parseCidr(text)),
});

function problemsOf(facts: readonly [LeafFacts, LeafFacts], gateway: ShortcutSpec['gateway'] = {}): readonly Problem[] {
  const outcome = planShortcut({ spec: aSpec(facts[0].id, facts[1].id, { gateway }), facts });
  return outcome.ok ? [] : outcome.problems;
}

describe('a Liqo before 1.2', () => {
  it('reaches only one pod range of another cluster', () => {
    const refused = [
      {
        path: 'spec.clusters[1].id',
        code: 'CORE_POD_RANGES_LIQO',
        message:
          'milan runs a Liqo before 1.2, which reaches only one pod range of another cluster, and rome has 2 (10.1.0.0/16, 10.2.0.0/16): upgrade Liqo on milan',
      },
    ];
    const rome = withTwoPodRanges(someFacts('rome'));
    expect(problemsOf([rome, aLiqo('milan', '1.0')], { server: 'rome' })).toEqual(refused);
    expect(problemsOf([rome, aLiqo('milan', '1.0')], { server: 'milan' })).toEqual(refused);
    expect(problemsOf([withTwoPodRanges(aLiqo('rome', '1.2')), aLiqo('milan', '1.0')])).toEqual(refused);
  });

  it('annotates no Service of a gateway server', () => {
    const service = { annotations: { 'example.org/pool': 'edge' } };
    const rome = someFacts('rome');
    expect(problemsOf([rome, aLiqo('milan', '1.0')], { server: 'milan', service })).toMatchObject([
      { path: 'spec.gateway.service.annotations', code: 'CORE_ANNOTATIONS_LIQO' },
    ]);
    expect(problemsOf([rome, aLiqo('milan', '1.0')], { server: 'rome', service })).toEqual([]);
    expect(problemsOf([rome, aLiqo('milan', '1.0')], { server: 'milan' })).toEqual([]);
  });

  it.each([
    ['a newer Liqo', aLiqo('milan', '1.2')],
    ['a Liqo of which nothing is known', aLiqo('milan')],
    ['our agent', someFacts('milan')],
  ])('is not to be confused with %s', (_, milan) => {
    const service = { annotations: { 'example.org/pool': 'edge' } };
    expect(problemsOf([withTwoPodRanges(someFacts('rome')), milan], { server: 'milan', service })).toEqual([]);
  });
});
