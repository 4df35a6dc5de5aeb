import type { ShortcutSpec } from '@leafway/core';
import { describe, expect, test } from 'vitest';
import { aLeaf, aRequest, aShortcut, aWorld } from '../../testing/builders.ts';
import type { Decision } from '../decision.ts';
import { createShortcutValidation } from './validate.ts';

const validate = createShortcutValidation();
const linesOf = ({ problems }: Decision): string[] => problems.map(({ path, message }) => `${path}: ${message}`);
const create = (spec: Partial<ShortcutSpec>, world = aWorld()): Decision =>
  validate(aRequest(aShortcut({ spec })), world);

const existing = aShortcut({ metadata: { name: 'older', uid: 'uid-0', creationTimestamp: '2026-01-01T11:00:00Z' } });

describe('an accepted shortcut', () => {
  test('is answered with its plan, in lines that kubectl shows whole', () => {
    const { problems, warnings } = create({});
    expect(problems).toEqual([]);
    expect(warnings[0]).toMatch(/^(rome|milan) runs the gateway server, (rome|milan) the client: /);
    expect(warnings.filter((line) => line.includes("milan's pods will be"))).toHaveLength(1);
    expect(warnings.filter((line) => line.length > 120)).toEqual([]);
  });

  test('gets no plan, but a warning, while the networks of a leaf are not known', () => {
    const unknown = { ...aLeaf('milan'), status: {} };
    const { problems, warnings } = create({}, aWorld({ leaves: [aLeaf('rome'), unknown] }));
    expect(problems).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('milan');
  });

  test('is told about a leaf that is not reachable now', () => {
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    const conditions = [
      { type: 'Reachable', status: 'False' as const, reason: 'NoAnswer', message: '', lastTransitionTime },
    ];
    const dead = aLeaf('milan');
    const world = aWorld({ leaves: [aLeaf('rome'), { ...dead, status: { ...dead.status, conditions } }] });
    expect(create({}, world).warnings).toContain(
      'milan cannot be reached now, its LeafCluster says why: what is to be done there waits',
    );
  });

  test('is told about a credential that expires soon', () => {
    const leaf = aLeaf('milan');
    const expiring = { ...leaf, status: { ...leaf.status, credential: { expiresAt: '2026-01-04T00:00:00Z' } } };
    const world = aWorld({ leaves: [aLeaf('rome'), expiring], now: new Date('2026-01-01T00:00:00Z') });
    expect(create({}, world).warnings).toContain(
      'the credential for milan expires in 3 days (2026-01-04): renew it, or repairs of the link end then',
    );
  });

  test('reads ten lines at most', () => {
    const status = { credential: { expiresAt: '2026-01-01T00:00:00Z' } };
    const leaves = ['rome', 'milan'].map((id) => ({ ...aLeaf(id), status: { ...aLeaf(id).status, ...status } }));
    const gateway = { mtu: 1500, service: { type: 'NodePort' as const } };
    const spec = { gateway, paused: true, existing: 'Adopt', deletionPolicy: 'Orphan' } as const;
    const { warnings } = create(
      spec,
      aWorld({ leaves, now: new Date('2026-01-02T00:00:00Z'), centralClusterID: null }),
    );
    expect(warnings).toHaveLength(10);
    expect(warnings.at(-1)).toBe('4 less important lines are left out');
  });

  test('is told when the centre could not be told from a leaf', () => {
    const { problems, warnings } = create({}, aWorld({ centralClusterID: null }));
    expect(problems).toEqual([]);
    expect(warnings.join()).toContain('not checked that neither end is the centre');
  });
});

describe('a shortcut is refused', () => {
  test.each<[string, Partial<ShortcutSpec>, string[]]>([
    [
      'for a pair of one cluster',
      { clusters: [{ id: 'rome' }, { id: 'rome' }] },
      ['both entries name the cluster "rome"'],
    ],
    [
      'for the centre as an end',
      { clusters: [{ id: 'rome' }, { id: 'central' }] },
      ['spec.clusters[1].id: "central" is the central'],
    ],
    [
      'for an unknown leaf',
      { clusters: [{ id: 'oslo' }, { id: 'rome' }] },
      ['spec.clusters[0].id: there is no LeafCluster "oslo"'],
    ],
    ['for two unknown leaves, both named', { clusters: [{ id: 'oslo' }, { id: 'bonn' }] }, ['"oslo"', '"bonn"']],
    ['for a server outside of the pair', { gateway: { server: 'paris' } }, ['spec.gateway.server: ']],
    ['for an MTU out of range', { gateway: { mtu: 9000 } }, ['spec.gateway.mtu: must be <= 8920']],
    ['for one cluster only', { clusters: [{ id: 'rome' }] } as never, ['spec.clusters: ']],
    ['for a field of the wrong type', { paused: 'yes' } as never, ['spec.paused: must be boolean']],
    ['for a missing field', { clusters: [{ id: 'rome' }, {}] } as never, ['spec.clusters[1].id: is required']],
    [
      'for a choice that is none',
      { existing: 'Steal' } as never,
      ['spec.existing: must be one of Refuse, Observe, Adopt'],
    ],
    [
      'for several fields, all named at once',
      { paused: 'yes', gateway: { mtu: 1 } } as never,
      ['spec.paused: must be boolean', 'spec.gateway.mtu: must be >= 1280'],
    ],
  ])('%s', (_, spec, expected) => {
    const lines = linesOf(create(spec));
    for (const text of expected) expect(lines.join('\n')).toContain(text);
    expect(lines).toHaveLength(expected.length);
  });

  test.each([
    ['in the same order', [{ id: 'rome' }, { id: 'milan' }]],
    ['reversed', [{ id: 'milan' }, { id: 'rome' }]],
  ] as const)('for a pair that another shortcut links, %s, and names that one', (_, [a, b]) => {
    const decision = create({ clusters: [a, b] }, aWorld({ shortcuts: [existing] }));
    expect(linesOf(decision)).toHaveLength(1);
    expect(linesOf(decision)[0]).toMatch(/^spec\.clusters: .*"older"/);
    expect(decision.warnings).toEqual([]);
  });

  test('for malformed networks of a leaf, with the field of that LeafCluster', () => {
    const leaf = aLeaf('milan', {
      status: { dataPlane: { kind: 'Leafway' }, networks: { pod: ['10.244.0.1/16'], external: ['10.70.0.0/33'] } },
    });
    const lines = linesOf(create({}, aWorld({ leaves: [aLeaf('rome'), leaf] })));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^spec\.clusters\[1\]\.id: .*status\.networks\.pod\[0\]/);
    expect(lines[1]).toContain('status.networks.external[0]');
  });

  test('for a node port that another shortcut has on the same server', () => {
    const gateway = { server: 'rome', service: { type: 'NodePort' as const, nodePort: 30_001 } };
    const other = aShortcut({
      metadata: { name: 'rome-paris', uid: 'u' },
      spec: { clusters: [{ id: 'rome' }, { id: 'paris' }], gateway },
    });
    expect(linesOf(create({ gateway }, aWorld({ shortcuts: [other] })))[0]).toMatch(/nodePort: .*"rome-paris"/);
  });

  test('while the earlier shortcut of its pair is still being deleted, since the tunnel is still its own', () => {
    const leaving = aShortcut({ metadata: { ...existing.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' } });
    const lines = linesOf(create({}, aWorld({ shortcuts: [leaving] })));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^spec\.clusters: .*"older".*still being deleted.*kubectl wait --for=delete vns\/older/);
  });

  test('when its spec is changed while it is being deleted', () => {
    const leaving = aShortcut({ metadata: { deletionTimestamp: '2026-01-01T12:00:00Z' }, spec: { paused: true } });
    expect(
      linesOf(validate(aRequest(leaving, { operation: 'UPDATE', oldObject: aShortcut() }), aWorld()))[0],
    ).toContain('being deleted');
  });

  test.each([
    [undefined],
    [null],
    [[]],
    ['text'],
    [{ ...aShortcut(), metadata: 7 }],
    [{ ...aShortcut(), metadata: {} }],
  ])('when it is no shortcut at all: %j', (object) => {
    expect(validate(aRequest(aShortcut(), { object }), aWorld()).problems).not.toEqual([]);
  });
});

describe('an update', () => {
  const update = (shortcuts: ReturnType<typeof aShortcut>[]): Decision => {
    const changed = aShortcut({ spec: { paused: true } });
    return validate(aRequest(changed, { operation: 'UPDATE', oldObject: aShortcut() }), aWorld({ shortcuts }));
  };

  test('does not conflict with itself', () => {
    expect(update([aShortcut()]).problems).toEqual([]);
  });

  test('of the older of two shortcuts for a pair goes through and names the younger one', () => {
    const younger = aShortcut({
      metadata: { name: 'younger', uid: 'uid-2', creationTimestamp: '2026-01-01T12:00:01Z' },
    });
    const { problems, warnings } = update([aShortcut(), younger]);
    expect(problems).toEqual([]);
    expect(warnings.join('\n')).toContain('VirtualNodeShortcut younger');
  });

  test('of the younger one is refused', () => {
    expect(linesOf(update([aShortcut(), existing]))[0]).toContain('"older"');
  });

  test('of two created in the same second, only the one with the smaller UID wins', () => {
    const twin = (uid: string) => aShortcut({ metadata: { name: 'twin', uid } });
    expect(update([twin('uid-0')]).problems).toHaveLength(1);
    expect(update([twin('uid-2')]).problems).toEqual([]);
  });
});

test('a shortcut that takes the name of one that has just gone does not conflict with the memory of it', () => {
  const gone = aShortcut({ metadata: { uid: 'uid-gone' } });
  expect(create({}, aWorld({ shortcuts: [gone] })).problems).toEqual([]);
});

test.each([
  ['nothing', undefined],
  ['an object of another shape', { ...aShortcut(), spec: { clusters: 0 } }],
])('an update of %s is refused, since nobody knows what it links', (_, oldObject) => {
  const decision = validate(aRequest(aShortcut(), { operation: 'UPDATE', oldObject }), aWorld());
  expect(linesOf(decision)).toEqual([expect.stringContaining('delete it and create it anew')]);
});

test('what is stored with a value that is not allowed any more can be repaired', () => {
  const oldObject = aShortcut({ spec: { gateway: { mtu: 9_000 } } });
  const repaired = aShortcut({ spec: { gateway: { mtu: 1_400 } } });
  expect(validate(aRequest(repaired, { operation: 'UPDATE', oldObject }), aWorld()).problems).toEqual([]);
});
