import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { cidrs } from '../testing/arbitraries.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from './plan-shortcut.ts';
import { warningLength } from './warnings.ts';

function warningsOf(a: LeafFacts, b: LeafFacts, mtu?: number): readonly string[] {
  const spec = aSpec(a.id, b.id, mtu === undefined ? {} : { gateway: { mtu } });
  const outcome = planShortcut({ spec, facts: [a, b] });
  return outcome.ok ? outcome.plan.warnings : [];
}

describe('the warnings of a plan', () => {
  it('say roles with the reason, and every name on both sides', () => {
    const milan = someFacts('milan', { dataPlane: 'Liqo', pod: [parseCidr('10.245.0.0/16')] });
    expect(warningsOf(someFacts('rome'), milan)).toEqual([
      'milan runs the gateway server, rome the client: both can, and milan is first by name',
      "seen from rome, milan's pods will be 10.245.0.0/16 (unchanged)",
      "seen from rome, milan's external range will be 10.71.0.0/16 (own 10.70.0.0/16)",
      "seen from milan, rome's pods are expected at 10.244.0.0/16 (unchanged)",
      "seen from milan, rome's external range is expected at 10.71.0.0/16 (own 10.70.0.0/16)",
    ]);
  });

  it.each([
    [1440, []],
    [
      1441,
      ['MTU 1441 is above 1440: large packets are lost where the network between the clusters carries only 1500 bytes'],
    ],
  ])('speak of an MTU of %i as they should', (mtu, lines) => {
    expect(warningsOf(someFacts('rome'), someFacts('milan'), mtu).filter((line) => line.startsWith('MTU'))).toEqual(
      lines,
    );
  });

  it('put several ranges on a line, and as many lines as that needs', () => {
    const pod = ['10.1.0.0/24', '10.2.0.0/24', '10.3.0.0/24', '10.4.0.0/24'].map((text) => parseCidr(text));
    expect(
      warningsOf(someFacts('rome'), someFacts('milan', { pod })).filter((line) =>
        line.startsWith("seen from rome, milan's pods"),
      ),
    ).toEqual([
      "seen from rome, milan's pods will be 10.1.0.0/24 (unchanged), 10.2.0.0/24 (unchanged), 10.3.0.0/24 (unchanged)",
      "seen from rome, milan's pods will be 10.4.0.0/24 (unchanged)",
    ]);
  });

  it('shorten IDs before they leave anything out', () => {
    const uuids = ['6a9b0e0c-5d0f-4c52-9d1c-0c6f0b6ad001', 'b1f7c1de-93a4-4b76-8f0e-1c2d3e4f5002'] as const;
    const pod = [parseCidr('fd00:1234:5678:9abc:def0:1234:5678:9abc/128')];
    expect(warningsOf(someFacts(uuids[0]), someFacts(uuids[1], { pod }))).toEqual([
      '6a9b0e0..b6ad001 runs the gateway server, b1f7c1d..e4f5002 the client: both can, and 6a9b0e0..b6ad001 is first by name',
      "seen from 6a9b0e0..b6ad001, b1f7c1d..e4f5002's pods will be fd00:1234:5678:9abc:def0:1234:5678:9abc/128 (unchanged)",
      "seen from 6a9b0e0..b6ad001, b1f7c1d..e4f5002's external range will be 10.71.0.0/16 (own 10.70.0.0/16)",
      "seen from b1f7c1d..e4f5002, 6a9b0e0..b6ad001's pods will be 10.244.0.0/16 (unchanged)",
      "seen from b1f7c1d..e4f5002, 6a9b0e0..b6ad001's external range will be 10.71.0.0/16 (own 10.70.0.0/16)",
    ]);
  });

  it('fit on their lines and stay complete, however long IDs and ranges are', () => {
    const ids = fc.tuple(fc.stringMatching(/^a[a-z0-9]{0,62}$/), fc.stringMatching(/^b[a-z0-9]{0,62}$/));
    const ranges = fc.array(cidrs(fc.constant(6), 100), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        ids,
        ranges,
        fc.constantFrom('Liqo' as const, 'Leafway' as const),
        fc.boolean(),
        ([a, b], pod, dataPlane, mayServe) => {
          const spec = aSpec(a, b, { gateway: { mtu: 8920 } });
          const outcome = planShortcut({
            spec,
            facts: [someFacts(a, { dataPlane }), someFacts(b, { pod, external: pod.slice(0, 1), mayServe })],
          });
          if (!outcome.ok) return;
          const { sides, warnings } = outcome.plan;
          expect(warnings.filter((line) => line.length > warningLength)).toEqual([]);
          const text = warnings.join('\n');
          for (const { name } of sides.flatMap(({ names }) => [...names.pod, ...names.external]))
            expect(text).toContain(name.text);
        },
      ),
    );
  });
});
