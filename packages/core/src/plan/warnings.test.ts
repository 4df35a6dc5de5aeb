import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { ShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { cidrs } from '../testing/arbitraries.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';
import { warningLength } from './lines.ts';

function warningsOf(a: LeafFacts, b: LeafFacts, gateway: ShortcutSpec['gateway'] = {}): readonly string[] {
  const spec = aSpec(a.id, b.id, { gateway });
  const outcome = planShortcut({ spec, facts: [a, b] });
  return outcome.ok ? outcome.plan.warnings : [];
}

describe('the warnings of a plan', () => {
  it('say roles with the reason, every name on both sides, and what it costs', () => {
    const milan = someFacts('milan', { dataPlane: 'Liqo', pod: [parseCidr('10.245.0.0/16')] });
    expect(warningsOf(someFacts('rome'), milan)).toEqual([
      'milan runs the gateway server, rome the client: both can, and milan is first by name',
      "seen from rome, milan's pods will be 10.245.0.0/16 (unchanged)",
      "seen from milan, rome's pods are expected at 10.244.0.0/16 (unchanged)",
      'cost: a gateway and 2 address ranges on each cluster, a load balancer (UDP 51840) on milan',
      "external ranges: rome's is expected at 10.71.0.0/16 in milan, milan's will be 10.71.0.0/16 in rome",
    ]);
  });

  it.each([
    [{ type: 'NodePort' }, ', a UDP node port on milan'],
    [{ type: 'NodePort', nodePort: 30_001 }, ', UDP node port 30001 on milan'],
    [{ port: 51_841, nodePort: 30_001 }, ', a load balancer (UDP 51841) and UDP node port 30001 on milan'],
    [{ type: 'ClusterIP' }, ''],
  ] as const)('say what the Service %j costs', (service, cost) => {
    expect(warningsOf(someFacts('rome'), someFacts('milan'), { service })).toContain(
      `cost: a gateway and 2 address ranges on each cluster${cost}`,
    );
  });

  it('count the ranges of each cluster where they differ', () => {
    const pod = ['10.1.0.0/24', '10.2.0.0/24'].map((text) => parseCidr(text));
    expect(warningsOf(someFacts('rome'), someFacts('milan', { pod }))).toContain(
      'cost: a gateway on each cluster, 2 address ranges on milan, 3 on rome, a load balancer (UDP 51840) on milan',
    );
  });

  it('put several ranges on a line, and count those that find no room on two', () => {
    const pods = (count: number) => {
      const pod = Array.from({ length: count }, (_, index) => parseCidr(`10.${index + 1}.0.0/24`));
      return warningsOf(someFacts('rome'), someFacts('milan', { pod })).filter((line) =>
        line.startsWith("seen from rome, milan's pods"),
      );
    };
    expect(pods(4)).toEqual([
      "seen from rome, milan's pods will be 10.1.0.0/24 (unchanged), 10.2.0.0/24 (unchanged)",
      "seen from rome, milan's pods will be 10.3.0.0/24 (unchanged), 10.4.0.0/24 (unchanged)",
    ]);
    expect(pods(16)).toEqual([
      "seen from rome, milan's pods will be 10.1.0.0/24 (unchanged), 10.2.0.0/24 (unchanged)",
      "seen from rome, milan's pods will be 10.3.0.0/24 (unchanged), 10.4.0.0/24 (unchanged) (+12 more)",
    ]);
  });

  it('shorten IDs before they leave anything out', () => {
    const uuids = ['6a9b0e0c-5d0f-4c52-9d1c-0c6f0b6ad001', 'b1f7c1de-93a4-4b76-8f0e-1c2d3e4f5002'] as const;
    const pod = [parseCidr('fd00:1234:5678:9abc:def0:1234:5678:9abc/128')];
    expect(warningsOf(someFacts(uuids[0]), someFacts(uuids[1], { pod }))).toEqual([
      '6a9b0e0..b6ad001 runs the gateway server, b1f7c1d..e4f5002 the client: both can, and 6a9b0e0..b6ad001 is first by name',
      "seen from 6a9b0e0..b6ad001, b1f7c1d..e4f5002's pods will be fd00:1234:5678:9abc:def0:1234:5678:9abc/128 (unchanged)",
      "seen from b1f7c1d..e4f5002, 6a9b0e0..b6ad001's pods will be 10.244.0.0/16 (unchanged)",
      'cost: a gateway and 2 address ranges on each cluster, a load balancer (UDP 51840) on 6a9b0e0..b6ad001',
      "external ranges: b1f7c1d..e4f5002's will be 10.71.0.0/16 in 6a9b0e0..b6ad001",
      "external ranges: 6a9b0e0..b6ad001's will be 10.71.0.0/16 in b1f7c1d..e4f5002",
    ]);
  });

  it('come in the order of their importance', () => {
    const everything = {
      isReachable: false,
      credentialExpiresAt: new Date('2026-11-20T00:00:00Z'),
      podAtCentre: [parseCidr('10.99.0.0/16')],
    };
    const spec = aSpec('rome', 'milan', {
      gateway: { mtu: 1500, service: { type: 'NodePort' } },
      ...{ paused: true, existing: 'Adopt', deletionPolicy: 'Orphan' },
    });
    const facts = [someFacts('rome', everything), someFacts('milan', everything)] as const;
    const planned = planShortcut({ spec, facts, now: new Date('2026-11-21T00:00:00Z') });
    expect(planned.ok && planned.plan.warnings.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'milan runs the',
      'seen from rome,',
      'seen from milan,',
      'spec.paused is true:',
      'milan and rome',
      'the credential for',
      'the credential for',
      'rome will dial',
      'cost: a gateway',
      'MTU 1500 is',
      "rome's pods are",
      "milan's pods are",
      'deletionPolicy Orphan: deleting',
      'spec.existing is Adopt:',
      "external ranges: rome's",
    ]);
  });

  it('fit on their lines, however long IDs, ranges and addresses are', () => {
    const ids = fc.tuple(fc.stringMatching(/^a[a-z0-9]{0,62}$/), fc.stringMatching(/^b[a-z0-9]{0,62}$/));
    const ranges = fc.array(cidrs(fc.constant(6), 100), { minLength: 1, maxLength: 16 });
    const others = fc.record({
      dataPlane: fc.constantFrom('Liqo' as const, 'Leafway' as const),
      isReachable: fc.boolean(),
      credentialExpiresAt: fc
        .constantFrom('1999-01-01', '2000-01-01T00:30Z', '2000-01-10')
        .map((text) => new Date(text)),
      podAtCentre: ranges,
    });
    const gateways = fc.record({
      service: fc.record({
        type: fc.constantFrom('LoadBalancer' as const, 'NodePort' as const, 'ClusterIP' as const),
        nodePort: fc.constantFrom(undefined, 30_001),
      }),
      client: fc
        .constantFrom('10.244.100.100', '10.71.100.100', '192.168.100.100', 'fd00:1234:5678:9abc:def0:1234:5678:9abc')
        .map((address) => ({ address })),
      mtu: fc.constantFrom(1340, 8920),
    });
    fc.assert(
      fc.property(
        ids,
        ranges,
        fc.tuple(others, others),
        gateways,
        fc.boolean(),
        ([a, b], pod, [onA, onB], gateway, all) => {
          const spec = aSpec(a, b, {
            gateway: gateway as NonNullable<ShortcutSpec['gateway']>,
            ...(all ? { paused: true, existing: 'Observe', deletionPolicy: 'Orphan' } : {}),
          });
          const outcome = planShortcut({
            spec,
            facts: [someFacts(a, onA), someFacts(b, { ...onB, pod, external: pod.slice(0, 1) })],
            now: new Date('2000-01-01T00:00Z'),
          });
          if (!outcome.ok) return;
          const { warnings } = outcome.plan;
          expect(warnings.filter((line) => line.length > warningLength)).toEqual([]);
          expect(new Set(warnings).size).toBe(warnings.length);
        },
      ),
    );
  });
});
