import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { ShortcutSpec } from '../api/index.ts';
import type { Problem } from '../errors.ts';
import type { LeafFacts, NetworkInUse } from '../facts/leaf-facts.ts';
import { aSpec, someFacts } from '../testing/builders.ts';
import { planShortcut } from '../testing/plan-shortcut.ts';
import type { Plan, SidePlan } from './plan.ts';

const used = (cidr: string, owner: string, remoteClusterID?: string, real?: string): NetworkInUse => ({
  cidr: parseCidr(cidr),
  owner,
  ...(remoteClusterID === undefined ? {} : { remoteClusterID }),
  ...(real === undefined ? {} : { real: parseCidr(real) }),
});

function plan(facts: readonly [LeafFacts, LeafFacts], rest: Partial<ShortcutSpec> = {}, currentServer?: string): Plan {
  const outcome = planShortcut({ spec: aSpec(facts[0].id, facts[1].id, rest), facts, currentServer });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.plan;
}

function problemsOf(facts: readonly [LeafFacts, LeafFacts], rest: Partial<ShortcutSpec>): readonly Problem[] {
  const outcome = planShortcut({ spec: aSpec(facts[0].id, facts[1].id, rest), facts });
  return outcome.ok ? [] : outcome.problems;
}

const names = ({ names: { pod, external } }: SidePlan): string[] =>
  [...pod, ...external].map(({ real, name }) => `${real.text}>${name.text}`);

const explicit = (entry: { pod?: string[]; external?: string[] }, cluster = 'rome'): Partial<ShortcutSpec> => ({
  ipMapping: { policy: 'Explicit', explicit: [{ cluster, ...entry }] },
});

const rome = someFacts('rome');
const milan = someFacts('milan');

describe('a plan', () => {
  it('says roles, names and objects of both sides in the order of the spec', () => {
    const { sides, ...rest } = plan([rome, milan]);
    expect(rest).toMatchObject({ server: 'milan', roleReason: 'both can, and milan is first by name', mtu: 1340 });
    expect(sides).toMatchObject([
      {
        cluster: 'rome',
        peer: 'milan',
        role: 'Client',
        certainty: 'will be',
        objects: [
          { kind: 'Namespace', name: 'liqo-tenant-milan' },
          { kind: 'Configuration', name: 'milan' },
          { kind: 'GatewayClient', name: 'milan' },
          { kind: 'PublicKey', name: 'milan' },
        ],
      },
      {
        cluster: 'milan',
        peer: 'rome',
        role: 'Server',
        objects: expect.arrayContaining([{ kind: 'GatewayServer', name: 'rome' }]),
      },
    ]);
    expect(sides.map(names)).toEqual([
      ['10.244.0.0/16>10.71.0.0/16', '10.70.0.0/16>10.68.0.0/16'],
      ['10.244.0.0/16>10.71.0.0/16', '10.70.0.0/16>10.68.0.0/16'],
    ]);
  });

  it('is only an expectation where Liqo chooses', () => {
    expect(plan([someFacts('rome', { dataPlane: 'Liqo' }), milan]).sides.map(({ certainty }) => certainty)).toEqual([
      'expected',
      'will be',
    ]);
  });

  it('keeps a free range outside the pools with our agent, and remaps it with Liqo', () => {
    const far = someFacts('milan', { pod: [parseCidr('100.64.0.0/16')] });
    const on = (dataPlane: 'Liqo' | 'Leafway') => names(plan([someFacts('rome', { dataPlane }), far]).sides[0])[0];
    expect(on('Leafway')).toBe('100.64.0.0/16>100.64.0.0/16');
    expect(on('Liqo')).toBe('100.64.0.0/16>10.71.0.0/16');
  });

  it('keeps the names that the pair has, and gives them to nothing else', () => {
    const held = [
      used('10.9.0.0/16', "name of milan's external range", 'milan', '10.70.0.0/16'),
      used('10.68.0.0/16', "name of paris's pods", 'paris', '10.244.0.0/16'),
      used('10.90.0.0/16', "name of milan's pods", 'milan', '10.244.0.0/16'),
    ];
    const { sides } = plan([someFacts('rome', { inUse: [...rome.inUse, ...held] }), milan]);
    expect(names(sides[0])).toEqual(['10.244.0.0/16>10.90.0.0/16', '10.70.0.0/16>10.9.0.0/16']);
  });

  it('drops a name of the pair that does not fit any more', () => {
    const held = [
      used('10.90.0.0/20', "name of milan's pods", 'milan', '10.244.0.0/16'),
      used('10.244.7.0/24', "name of milan's pods", 'milan', '10.9.9.0/24'),
    ];
    const { sides } = plan([someFacts('rome', { inUse: [...rome.inUse, ...held] }), milan]);
    expect(names(sides[0])[0]).toBe('10.244.0.0/16>10.71.0.0/16');
  });

  it('maps IPv6 beside IPv4', () => {
    const dual = (id: string, v6: string) => someFacts(id, { pod: [parseCidr('10.244.0.0/16'), parseCidr(v6)] });
    const { sides } = plan([dual('rome', 'fd00:1::/56'), dual('milan', 'fd00:2::/56')]);
    expect(names(sides[0])).toContain('fd00:2::/56>fd00:2::/56');
    expect(problemsOf([dual('rome', 'fd00:1::/56'), dual('milan', 'fd00:1::/56')], {})).toContainEqual({
      path: 'spec.ipMapping',
      code: 'CORE_MAPPING_EXHAUSTED',
      message: expect.stringContaining('rome has no free IPv6 range with /56 left'),
    });
  });
});

describe('the policy Identity', () => {
  const policy = { ipMapping: { policy: 'Identity' as const } };

  it('keeps the pod ranges; an external range is called something else where it has to be', () => {
    const other = someFacts('milan', { pod: [parseCidr('10.245.0.0/16')] });
    const { sides } = plan([rome, other], policy);
    expect(names(sides[0])).toEqual(['10.245.0.0/16>10.245.0.0/16', '10.70.0.0/16>10.71.0.0/16']);
    expect(names(sides[1])).toEqual(['10.244.0.0/16>10.244.0.0/16', '10.70.0.0/16>10.71.0.0/16']);
  });

  it("is refused where Liqo's IPAM chooses", () => {
    const liqo = someFacts('milan', { dataPlane: 'Liqo', pod: [parseCidr('10.245.0.0/16')] });
    expect(problemsOf([rome, liqo], policy)).toEqual([
      {
        path: 'spec.ipMapping.policy',
        code: 'CORE_MAPPING_LIQO',
        message: "milan runs Liqo, whose IPAM chooses what rome's ranges are called there: use the policy Auto",
      },
    ]);
  });

  it('is refused with every overlap and its owner', () => {
    const other = someFacts('milan', { pod: [parseCidr('10.100.0.0/16')], external: [parseCidr('10.71.0.0/16')] });
    expect(problemsOf([rome, other], policy)).toEqual([
      {
        path: 'spec.ipMapping.policy',
        code: 'CORE_MAPPING_OVERLAP',
        message:
          "the policy Identity needs milan's pod range 10.100.0.0/16 to be free on rome, but it overlaps 10.96.0.0/12 (service CIDR): use Auto, or Explicit with a range like 10.95.0.0/16",
      },
    ]);
  });

  it('is refused with another way out for each overlap', () => {
    const taken = ['10.20.0.0/16', '10.21.0.0/16', '10.22.0.0/16'];
    const crowded = someFacts('rome', { inUse: taken.map((range) => used(range, 'reserved network')) });
    const other = someFacts('milan', { pod: taken.slice(0, 2).map((range) => parseCidr(range)) });
    expect(problemsOf([crowded, other], policy).map(({ message }) => message.split(' like ')[1])).toEqual([
      '10.19.0.0/16',
      '10.23.0.0/16',
    ]);
  });
});

describe('the policy Explicit', () => {
  it('takes what is listed for a cluster as its names on the other side, and plans the rest', () => {
    const { sides } = plan([rome, milan], explicit({ pod: ['10.200.0.0/16'] }));
    expect(names(sides[1])).toEqual(['10.244.0.0/16>10.200.0.0/16', '10.70.0.0/16>10.71.0.0/16']);
    expect(names(sides[0])).toEqual(['10.244.0.0/16>10.71.0.0/16', '10.70.0.0/16>10.68.0.0/16']);
  });

  it('moves a link that has other names', () => {
    const inUse = [...milan.inUse, used('10.71.0.0/16', "name of rome's pods", 'rome')];
    expect(names(plan([rome, someFacts('milan', { inUse })], explicit({ pod: ['10.200.0.0/16'] })).sides[1])[0]).toBe(
      '10.244.0.0/16>10.200.0.0/16',
    );
  });

  it.each<[string, Partial<ShortcutSpec>, string, string, string]>([
    [
      'a range of another length',
      explicit({ pod: ['10.200.0.0/17'] }),
      'pod[0]',
      'CORE_MAPPING_LENGTH',
      'use an IPv4 range with /16',
    ],
    [
      'a range of another family',
      explicit({ pod: ['fd00::/16'] }),
      'pod[0]',
      'CORE_MAPPING_LENGTH',
      'use an IPv4 range with /16',
    ],
    [
      'a range that no pod can have',
      explicit({ pod: ['127.0.0.0/16'] }),
      'pod[0]',
      'CORE_MAPPING_UNUSABLE',
      'never leave a host',
    ],
    [
      'a malformed range',
      explicit({ external: ['10.200.1.0/16'] }),
      'external[0]',
      'CORE_MAPPING_MALFORMED',
      'host bits',
    ],
    [
      'too many ranges',
      explicit({ pod: ['10.200.0.0/16', '10.201.0.0/16'] }),
      'pod',
      'CORE_MAPPING_COUNT',
      'lists 2 ranges, but rome has 1 (10.244.0.0/16): list one for each',
    ],
    [
      'a range in use',
      explicit({ pod: ['10.96.0.0/16'] }),
      'pod[0]',
      'CORE_MAPPING_OVERLAP',
      '10.96.0.0/16 overlaps 10.96.0.0/12 (service CIDR) on milan: 10.95.0.0/16 is free',
    ],
    [
      "a range of the cluster's own pods",
      explicit({ pod: ['10.244.0.0/16'] }),
      'pod[0]',
      'CORE_MAPPING_OVERLAP',
      'overlaps 10.244.0.0/16 (pod CIDR) on milan: 10.243.0.0/16 is free',
    ],
    [
      'the same range twice',
      explicit({ pod: ['10.200.0.0/16'], external: ['10.200.0.0/16'] }),
      'external[0]',
      'CORE_MAPPING_OVERLAP',
      "(for rome's pod range 10.244.0.0/16)",
    ],
    ['another cluster', explicit({}, 'paris'), 'cluster', 'CORE_MAPPING_CLUSTER', '"paris" is not part of this link'],
  ])('refuses %s', (_, rest, field, code, message) => {
    expect(problemsOf([rome, milan], rest)).toEqual([
      { path: `spec.ipMapping.explicit[0].${field}`, code, message: expect.stringContaining(message) },
    ]);
  });

  it('refuses a second entry about a cluster', () => {
    const entry = { cluster: 'rome', pod: ['10.200.0.0/16'] };
    expect(problemsOf([rome, milan], { ipMapping: { policy: 'Explicit', explicit: [entry, entry] } })).toMatchObject([
      { path: 'spec.ipMapping.explicit[1].cluster', code: 'CORE_MAPPING_CLUSTER' },
    ]);
  });

  it("refuses names on a cluster where Liqo's IPAM chooses, not names of that cluster elsewhere", () => {
    const liqo = someFacts('milan', { dataPlane: 'Liqo' });
    expect(problemsOf([rome, liqo], explicit({ pod: ['10.200.0.0/16'] }))).toMatchObject([
      {
        path: 'spec.ipMapping.explicit[0]',
        code: 'CORE_MAPPING_LIQO',
        message: expect.stringContaining('milan runs Liqo'),
      },
    ]);
    expect(problemsOf([rome, liqo], explicit({ pod: ['10.200.0.0/16'] }, 'milan'))).toEqual([]);
  });
});
