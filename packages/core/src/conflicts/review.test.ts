import { describe, expect, it } from 'vitest';
import type { LeafCluster, ShortcutSpec } from '../api/index.ts';
import { aLeaf, aSpec } from '../testing/builders.ts';
import { aShortcut } from '../testing/fleets.ts';
import { createFleetIndex } from './fleet-index.ts';
import { pairKey } from './pair-key.ts';
import type { Review } from './review.ts';

const fleet = [aLeaf('rome'), aLeaf('milan'), aLeaf('paris'), aLeaf('oslo')];

interface Input {
  readonly spec: ShortcutSpec;
  readonly leaves?: readonly LeafCluster[];
  readonly shortcuts?: readonly { readonly name: string; readonly spec: ShortcutSpec }[];
  readonly currentServer?: string;
}

const given = (spec: ShortcutSpec, rest: Omit<Input, 'spec'> = {}): Input => ({ spec, ...rest });

/** What is said of a new shortcut in a fleet. */
function review({ spec, leaves = fleet, shortcuts = [], currentServer }: Input): Review {
  const index = createFleetIndex({ centralClusterID: () => 'central' });
  for (const leaf of leaves) index.putLeaf(leaf);
  for (const other of shortcuts) index.putShortcut(aShortcut(other.name, other.spec));
  return index.review(aShortcut('new', spec), { currentServer });
}

const check = (input: Input): Review['problems'] => review(input).problems;

const nodePort = (a: string, b: string, port: number, server = 'Auto'): ShortcutSpec =>
  aSpec(a, b, { gateway: { server, service: { type: 'NodePort', nodePort: port } } });

describe('a review', () => {
  it('accepts a shortcut of two known leaves and says what it leads to', () => {
    const { problems, warnings, plan } = review(given(aSpec('rome', 'milan')));
    expect(problems).toEqual([]);
    expect(plan?.server).toBe('milan');
    expect(warnings).toEqual(plan?.warnings);
  });

  it('accepts a leaf without facts with a warning instead of a plan', () => {
    const leaves = [aLeaf('rome'), { ...aLeaf('milan'), status: {} }];
    expect(review(given(aSpec('rome', 'milan'), { leaves }))).toEqual({
      problems: [],
      warnings: ["milan's networks are not known yet; roles and ranges are decided when they are"],
    });
  });

  it('says of a leaf without facts that it cannot be reached, when that is why', () => {
    const conditions = [
      { type: 'Reachable', status: 'False' as const, reason: 'Unusable', message: '', lastTransitionTime: '' },
    ];
    const leaves = [aLeaf('rome'), { ...aLeaf('milan'), status: { conditions } }];
    expect(review(given(aSpec('rome', 'milan'), { leaves })).warnings).toEqual([
      "milan's networks are not known yet, and it cannot be reached now; roles and ranges are decided when they are",
    ]);
  });

  it('keeps the server that runs now', () => {
    const leaves = [aLeaf('rome', { gateways: [{ remoteClusterID: 'milan', role: 'Server' }] }), aLeaf('milan')];
    expect(review(given(aSpec('rome', 'milan'), { leaves })).plan).toMatchObject({ server: 'rome' });
  });

  it.each([
    ['Refuse', 'rome serves milan already: where others made that link nothing is done, unless spec.existing is Adopt'],
    ['Observe', 'rome serves milan already: where others made that link its state is shown'],
    ['Adopt', 'rome serves milan already: where others made that link it is taken over, and goes with this shortcut'],
  ] as const)('says what becomes of a link that the leaves have, with %s', (existing, line) => {
    const leaves = [aLeaf('rome', { gateways: [{ remoteClusterID: 'milan', role: 'Server' }] }), aLeaf('milan')];
    expect(review(given(aSpec('rome', 'milan', { existing }), { leaves })).warnings).toContain(line);
    expect(review(given(aSpec('rome', 'milan', { existing }))).warnings).not.toContain(line);
  });

  it('says of what an earlier link left that it is waited for, whatever else is said of what is there', () => {
    const entry = { apiVersion: 'v1', kind: 'Namespace', name: 'n', uid: 'u', remoteClusterID: 'milan' };
    const pendingCleanup = [{ ...entry, shortcut: { name: 'rome-milan', uid: 'x' } }];
    const { status } = aLeaf('rome', { gateways: [{ remoteClusterID: 'milan', role: 'Server' }] });
    const rome = { ...aLeaf('rome'), status: { ...status, pendingCleanup } };
    const { warnings } = review(given(aSpec('rome', 'milan'), { leaves: [rome, aLeaf('milan')] }));
    expect(warnings).toContain(
      'an earlier link of rome and milan is not removed from rome yet: this one waits for that',
    );
    expect(warnings.join()).not.toContain('serves milan');
    const others = review(given(aSpec('rome', 'paris'), { leaves: [rome, aLeaf('paris')] }));
    expect(others.warnings.join()).not.toContain('earlier link');
  });

  it('says nothing of the link that the shortcut has itself', () => {
    const index = createFleetIndex();
    index.putLeaf(aLeaf('rome', { gateways: [{ remoteClusterID: 'milan', role: 'Server' }] }));
    index.putLeaf(aLeaf('milan'));
    const own = { cluster: 'rome', apiVersion: 'v1', kind: 'Namespace', name: 'n', origin: 'Created' as const };
    const shortcut = { ...aShortcut('new', aSpec('rome', 'milan')), status: { objects: [own] } };
    expect(index.review(shortcut, { isStored: true }).warnings.join()).not.toContain('serves milan');
  });

  it('keeps the server that the caller saw running, whatever the facts say', () => {
    const leaves = [aLeaf('rome', { gateways: [{ remoteClusterID: 'milan', role: 'Server' }] }), aLeaf('milan')];
    const spec = nodePort('rome', 'milan', 31_000);
    const shortcuts = [{ name: 'milan-paris', spec: nodePort('milan', 'paris', 31_000, 'milan') }];
    expect(check(given(spec, { leaves, shortcuts }))).toEqual([]);
    expect(check(given(spec, { leaves, shortcuts, currentServer: 'milan' }))).toMatchObject([
      { code: 'CORE_NODE_PORT_TAKEN' },
    ]);
    expect(review(given(spec, { leaves, currentServer: 'milan' })).plan).toMatchObject({ server: 'milan' });
  });

  it('lets a shortcut stand beside the one of its name: itself, or one that has just gone', () => {
    const spec = aSpec('rome', 'milan');
    expect(check(given(spec, { shortcuts: [{ name: 'new', spec }] }))).toEqual([]);
  });

  const oneProblem: [string, Input, string, string, string][] = [
    [
      'the same pair by another shortcut',
      given(aSpec('rome', 'milan'), { shortcuts: [{ name: 'rome-milan', spec: aSpec('rome', 'milan') }] }),
      'spec.clusters',
      'CORE_PAIR_TAKEN',
      'the VirtualNodeShortcut "rome-milan" links rome and milan already: change that one, or delete it first',
    ],
    [
      'the reversed pair',
      given(aSpec('milan', 'rome'), { shortcuts: [{ name: 'rome-milan', spec: aSpec('rome', 'milan') }] }),
      'spec.clusters',
      'CORE_PAIR_TAKEN',
      'the VirtualNodeShortcut "rome-milan" links milan and rome already (the order has no meaning): change that one, or delete it first',
    ],
    [
      'a cluster with itself, even where such a shortcut is left from before',
      given(aSpec('rome', 'rome'), { shortcuts: [{ name: 'old', spec: aSpec('rome', 'rome') }] }),
      'spec.clusters[1].id',
      'CORE_SELF_PAIR',
      'both entries name the cluster "rome": a shortcut links two different leaf clusters',
    ],
    [
      'the centre',
      given(aSpec('rome', 'central')),
      'spec.clusters[1].id',
      'CORE_CENTRE_ENDPOINT',
      '"central" is the central cluster, which has a tunnel to every leaf already: name two leaf clusters',
    ],
    [
      'an unknown leaf',
      given(aSpec('rmoe', 'milan')),
      'spec.clusters[0].id',
      'CORE_LEAF_UNKNOWN',
      'there is no LeafCluster "rmoe": correct the id, or create the LeafCluster first',
    ],
    [
      'a leaf with a malformed range',
      given(aSpec('rome', 'milan'), {
        leaves: [aLeaf('rome', { networks: { pod: ['10.244.1.0/16'] } }), aLeaf('milan')],
      }),
      'spec.clusters[0].id',
      'CORE_FACTS_MALFORMED',
      'a range of LeafCluster "rome" must be corrected on that cluster first: status.networks.pod[0]: ' +
        '"10.244.1.0/16" has host bits set: its network is 10.244.0.0/16, or was 10.244.1.0/24 meant?',
    ],
    [
      'an MTU below the bounds',
      given(aSpec('rome', 'milan', { gateway: { mtu: 1279 } })),
      'spec.gateway.mtu',
      'CORE_MTU_RANGE',
      '1279 is not between 1280 and 8920: leave it out for 1340, which fits most networks',
    ],
    [
      'an MTU above the bounds, though a leaf is not known',
      given(aSpec('rome', 'milan', { gateway: { mtu: 8921 } }), {
        leaves: [aLeaf('rome'), { ...aLeaf('milan'), status: {} }],
      }),
      'spec.gateway.mtu',
      'CORE_MTU_RANGE',
      '8921 is not between 1280 and 8920: leave it out for 1340, which fits most networks',
    ],
    [
      'a server outside the pair',
      given(aSpec('rome', 'milan', { gateway: { server: 'paris' } })),
      'spec.gateway.server',
      'CORE_SERVER_NOT_IN_PAIR',
      '"paris" is not part of this link: use Auto, rome or milan',
    ],
    [
      'a server that may not serve',
      given(aSpec('rome', 'milan', { gateway: { server: 'rome' } }), {
        leaves: [aLeaf('rome', { gateway: { mayServe: false } }), aLeaf('milan')],
      }),
      'spec.gateway.server',
      'CORE_SERVER_MAY_NOT_SERVE',
      'LeafCluster rome says that it may not run gateway servers: use Auto or milan, or set spec.gateway.mayServe of LeafCluster rome to true',
    ],
    [
      'a node port that another shortcut has on the same cluster',
      given(nodePort('rome', 'milan', 31000, 'milan'), {
        shortcuts: [
          { name: 'other-port', spec: nodePort('milan', 'oslo', 31001, 'milan') },
          { name: 'milan-paris', spec: nodePort('milan', 'paris', 31000) },
        ],
      }),
      'spec.gateway.service.nodePort',
      'CORE_NODE_PORT_TAKEN',
      'the gateway server of the VirtualNodeShortcut "milan-paris" has node port 31000 on milan already: use 31002, or leave it out and the cluster chooses',
    ],
  ];

  it.each(oneProblem)('refuses %s', (_, input, path, code, message) => {
    expect(check(input)).toMatchObject([{ path, code, message }]);
  });

  it('lets two shortcuts have the same node port on different clusters', () => {
    const shortcuts = [{ name: 'milan-paris', spec: nodePort('milan', 'paris', 31000, 'paris') }];
    expect(check(given(nodePort('rome', 'milan', 31000, 'milan'), { shortcuts }))).toEqual([]);
  });

  it('finds all problems at once', () => {
    const spec = aSpec('rmoe', 'central', { gateway: { mtu: 9000, server: 'paris' } });
    expect(
      check(given(spec, { shortcuts: [{ name: 'x', spec: aSpec('central', 'rmoe') }] })).map(({ code }) => code),
    ).toEqual([
      'CORE_LEAF_UNKNOWN',
      'CORE_CENTRE_ENDPOINT',
      'CORE_PAIR_TAKEN',
      'CORE_SERVER_NOT_IN_PAIR',
      'CORE_MTU_RANGE',
    ]);
  });
});

it('a pair has one key in both orders, and other pairs have others', () => {
  expect(pairKey('rome', 'milan')).toBe(pairKey('milan', 'rome'));
  expect(new Set([pairKey('a', 'b-c'), pairKey('a-b', 'c'), pairKey('a', 'c'), pairKey('a', 'a')]).size).toBe(4);
});
