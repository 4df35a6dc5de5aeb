import { describe, expect, it } from 'vitest';
import { parseCidr } from '../address/cidr.ts';
import type { LeafCluster, ShortcutSpec, VirtualNodeShortcut } from '../api/index.ts';
import { aLeaf, aSpec, defaultNetworks } from '../testing/builders.ts';
import { aShortcut } from '../testing/fleets.ts';
import { createFleetIndex, type FleetIndex } from './fleet-index.ts';
import type { Review } from './review.ts';

const stored = { isStored: true };

function indexOf(leaves: readonly LeafCluster[], shortcuts: readonly VirtualNodeShortcut[] = []): FleetIndex {
  const index = createFleetIndex({ centralClusterID: () => 'central' });
  for (const leaf of leaves) index.putLeaf(leaf);
  for (const shortcut of shortcuts) index.putShortcut(shortcut);
  return index;
}

/** Asks for names on rome. */
const explicit = (peer: string, pod: string, external: string): ShortcutSpec =>
  aSpec('rome', peer, {
    ipMapping: { policy: 'Explicit', explicit: [{ cluster: peer, pod: [pod], external: [external] }] },
  });

const lines = ({ problems }: Review): string[] => problems.map(({ path, message }) => `${path}: ${message}`);
const namesOn = ({ plan }: Review, id: string): string[] => {
  const side = plan?.sides.find(({ cluster }) => cluster === id);
  return [...(side?.names.pod ?? []), ...(side?.names.external ?? [])].map(({ name }) => name.text);
};

const leaves = ['rome', 'milan', 'paris', 'oslo'].map((id) => aLeaf(id));

/** Rome once it calls milan's ranges something. */
const romeWithNames = (remoteClusterID: string, pod: string, external: string): LeafCluster =>
  aLeaf('rome', {
    networks: {
      inUse: [
        ...(defaultNetworks.inUse ?? []),
        { cidr: pod, owner: 'x', remoteClusterID, real: '10.244.0.0/16' },
        { cidr: external, owner: 'x', remoteClusterID, real: '10.70.0.0/16' },
      ],
    },
  });

describe('new shortcuts of one leaf', () => {
  const first = aShortcut('first', aSpec('rome', 'milan'), 1);
  const second = aShortcut('second', aSpec('rome', 'paris'), 2);

  it('are planned one after the other, the oldest first, whatever came first', () => {
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const index = indexOf(leaves, order);
      expect(namesOn(index.review(first, stored), 'rome')).toEqual(['10.71.0.0/16', '10.68.0.0/16']);
      expect(namesOn(index.review(second, stored), 'rome')).toEqual(['10.69.0.0/16', '10.64.0.0/16']);
      expect(namesOn(index.review(aShortcut('third', aSpec('oslo', 'rome'))), 'rome')).toEqual([
        '10.65.0.0/16',
        '10.66.0.0/16',
      ]);
    }
  });

  it('move up when an older one goes before it is carried out, and stay when it was', () => {
    const index = indexOf(leaves, [first, second]);
    expect(namesOn(index.review(second, stored), 'rome')[0]).toBe('10.69.0.0/16');
    index.removeShortcut('first');
    expect(namesOn(index.review(second, stored), 'rome')[0]).toBe('10.71.0.0/16');
    index.putLeaf(romeWithNames('milan', '10.71.0.0/16', '10.68.0.0/16'));
    expect(namesOn(index.review(second, stored), 'rome')[0]).toBe('10.69.0.0/16');
  });
});

describe('a range that a shortcut asks for', () => {
  const milan = aShortcut('to-milan', explicit('milan', '10.50.0.0/16', '10.51.0.0/16'), 1);

  it('is refused when another one asks for it, who is named with the nearest free range; no proposal is made twice', () => {
    const index = indexOf(leaves, [milan]);
    const { problems } = index.review(aShortcut('new', explicit('paris', '10.50.0.0/16', '10.51.0.0/16')));
    expect(problems).toEqual([
      {
        path: 'spec.ipMapping.explicit[0].pod[0]',
        code: 'CORE_MAPPING_OVERLAP',
        message: `10.50.0.0/16 overlaps 10.50.0.0/16 (for milan's 10.244.0.0/16, VirtualNodeShortcut "to-milan") on rome: 10.49.0.0/16 is free`,
        rival: { name: 'to-milan' },
      },
      {
        path: 'spec.ipMapping.explicit[0].external[0]',
        code: 'CORE_MAPPING_OVERLAP',
        message: `10.51.0.0/16 overlaps 10.51.0.0/16 (for milan's 10.70.0.0/16, VirtualNodeShortcut "to-milan") on rome: 10.52.0.0/16 is free`,
        rival: { name: 'to-milan' },
      },
    ]);
  });

  it('is refused when another one is expected to get it', () => {
    const auto = aShortcut('auto', aSpec('rome', 'milan'), 1);
    const review = indexOf(leaves, [auto]).review(aShortcut('new', explicit('paris', '10.71.0.0/16', '10.52.0.0/16')));
    expect(lines(review)).toEqual([
      `spec.ipMapping.explicit[0].pod[0]: 10.71.0.0/16 overlaps 10.71.0.0/16 (for milan's 10.244.0.0/16, VirtualNodeShortcut "auto") on rome: 10.72.0.0/16 is free`,
    ]);
  });

  it('goes to the older of two stored ones, in whatever order they came', () => {
    const paris = aShortcut('to-paris', explicit('paris', '10.50.0.0/16', '10.52.0.0/16'), 2);
    for (const order of [
      [milan, paris],
      [paris, milan],
    ]) {
      const index = indexOf(leaves, order);
      expect(index.review(milan, stored).problems).toEqual([]);
      expect(index.review(paris, stored).problems).toMatchObject([{ rival: { name: 'to-milan' } }]);
      // Its other range is not kept for one that is refused.
      expect(index.review(aShortcut('new', explicit('oslo', '10.52.0.0/16', '10.53.0.0/16'))).problems).toEqual([]);
    }
  });

  it('stays with the one that has it already, however young', () => {
    const paris = aShortcut('to-paris', explicit('paris', '10.50.0.0/16', '10.52.0.0/16'), 2);
    const rome = romeWithNames('paris', '10.50.0.0/16', '10.52.0.0/16');
    const index = indexOf([...leaves.slice(1), rome], [milan, paris]);
    expect(index.review(paris, stored).problems).toEqual([]);
    expect(index.review(milan, stored).problems).toEqual([
      {
        path: 'spec.ipMapping.explicit[0].pod[0]',
        code: 'CORE_MAPPING_OVERLAP',
        message: `10.50.0.0/16 overlaps 10.50.0.0/16 (name of paris's 10.244.0.0/16, VirtualNodeShortcut "to-paris") on rome: 10.49.0.0/16 is free`,
        rival: { name: 'to-paris' },
      },
    ]);
  });

  it.each([
    ['pod', '10.244.0.0/16', 'pod CIDR'],
    ['service', '10.100.0.0/16', 'service CIDR'],
    ['external', '10.70.0.0/16', 'external CIDR'],
    ['internal', '10.80.0.0/16', 'internal CIDR'],
    ['node', '192.168.0.0/16', 'node network'],
    ['reserved', '172.16.0.0/16', 'reserved network'],
  ])('is refused when it overlaps the %s network of the leaf', (_, pod, owner) => {
    const inUse = [
      ...(defaultNetworks.inUse ?? []),
      { cidr: '192.168.7.0/24', owner: 'node network' },
      { cidr: '172.16.0.0/12', owner: 'reserved network' },
    ];
    const index = indexOf([...leaves.slice(1), aLeaf('rome', { networks: { inUse } })]);
    const review = index.review(aShortcut('new', explicit('milan', pod, '10.51.0.0/16')));
    expect(review.problems).toHaveLength(1);
    expect(lines(review)[0]).toContain(`${pod} overlaps `);
    expect(lines(review)[0]).toMatch(new RegExp(`\\(${owner}\\) on rome: \\S+ is free$`));
  });

  it('is a change that an older shortcut may make at the cost of a younger one that does not have it yet', () => {
    const younger = aShortcut('younger', aSpec('rome', 'paris'), 2);
    const index = indexOf(leaves, [aShortcut('older', aSpec('rome', 'milan'), 1), younger]);
    const wanted = aShortcut('older', explicit('milan', '10.69.0.0/16', '10.64.0.0/16'), 1);
    expect(index.review(wanted, stored).problems).toEqual([]);
    index.putShortcut(wanted);
    expect(namesOn(index.review(younger, stored), 'rome')).toEqual(['10.65.0.0/16', '10.66.0.0/16']);
  });
});

describe('ranges of a leaf', () => {
  const milan = (pod: string[], external: string[]) => aLeaf('milan', { networks: { pod, external, inUse: [] } });

  it('are called anew by the others when one is for something else than before', () => {
    const wish = aShortcut('wish', aSpec('rome', 'milan', { ipMapping: { policy: 'Identity' } }));
    const rome = aLeaf('rome', { networks: { inUse: [{ cidr: '10.72.0.0/16', owner: 'reserved network' }] } });
    const before = milan(['10.71.0.0/16'], ['10.72.0.0/16', '10.73.0.0/16']);
    const after = milan(['10.71.0.0/16', '10.72.0.0/16'], ['10.73.0.0/16']);
    const index = indexOf([rome, before], [wish]);
    expect(index.isFree('rome', parseCidr('10.71.0.0/16'))).toBe(false);
    index.putLeaf(after);
    // The wish cannot be carried out any more, and takes nothing.
    expect(index.isFree('rome', parseCidr('10.71.0.0/16'))).toBe(true);
  });
});

describe('a node port or an address of the load balancer', () => {
  const wish = (a: string, b: string, service: object, server = a): ShortcutSpec =>
    aSpec(a, b, { gateway: { server, service } });

  it('goes to the older of two on the same cluster', () => {
    const service = { nodePort: 31_000, loadBalancerIP: '192.0.2.1' };
    const older = aShortcut('older', wish('rome', 'milan', service), 1);
    const younger = aShortcut('younger', wish('rome', 'paris', service), 2);
    const index = indexOf(leaves, [younger, older]);
    expect(index.review(older, stored).problems).toEqual([]);
    expect(lines(index.review(younger, stored))).toEqual([
      'spec.gateway.service.nodePort: the gateway server of the VirtualNodeShortcut "older" has node port 31000 on rome already: use 31001, or leave it out and the cluster chooses',
      'spec.gateway.service.loadBalancerIP: the gateway server of the VirtualNodeShortcut "older" has the address 192.0.2.1 on rome already: use another, or leave it out and the load balancer chooses',
    ]);
  });

  it('stays with the one that has it when an older one is changed to want it too', () => {
    const port = (peer: string, nodePort: number): ShortcutSpec =>
      aSpec('rome', peer, { gateway: { server: 'rome', service: { type: 'NodePort', nodePort } } });
    const old = aShortcut('old', port('milan', 31_000), 1);
    const index = indexOf(leaves, [old, aShortcut('young', port('paris', 31_001), 2)]);
    expect(index.review({ ...old, spec: port('milan', 31_001) }, stored).problems).toMatchObject([
      { code: 'CORE_NODE_PORT_TAKEN', rival: { name: 'young' } },
    ]);
    expect(index.review({ ...old, spec: port('milan', 31_002) }, stored).problems).toEqual([]);
  });

  it('may be the same on different clusters, and is the same however an address is written', () => {
    const index = indexOf(leaves, [aShortcut('a', wish('rome', 'milan', { loadBalancerIP: 'fd00::1' }))]);
    const other = (a: string, b: string) => index.review(aShortcut('b', wish(a, b, { loadBalancerIP: 'FD00:0::1' })));
    expect(other('paris', 'rome').problems).toEqual([]);
    expect(other('rome', 'paris').problems).toHaveLength(1);
  });

  it('is free again when the one that has it is changed or gone', () => {
    const index = indexOf(leaves, [aShortcut('a', wish('rome', 'milan', { nodePort: 31_000 }))]);
    const problems = () => index.review(aShortcut('b', wish('rome', 'paris', { nodePort: 31_000 }))).problems.length;
    expect(problems()).toBe(1);
    index.putShortcut(aShortcut('a', wish('rome', 'milan', { nodePort: 31_001 })));
    expect(problems()).toBe(0);
    index.putShortcut(aShortcut('a', wish('rome', 'milan', { nodePort: 31_000 })));
    index.removeShortcut('a');
    expect(problems()).toBe(0);
  });
});

describe('a LeafCluster that is being deleted', () => {
  const oslo = aLeaf('oslo');
  const index = indexOf([
    ...leaves.slice(0, 3),
    { ...oslo, metadata: { ...oslo.metadata, deletionTimestamp: '2026-01-01T13:00:00Z' } },
  ]);
  const shortcut = aShortcut('s', aSpec('rome', 'oslo'));

  it('is linked no more, and the refusal says what to do', () => {
    expect(index.review(shortcut).problems).toEqual([
      {
        path: 'spec.clusters[1].id',
        code: 'CORE_LEAF_LEAVING',
        message:
          'the LeafCluster "oslo" is being deleted: wait until it is gone (kubectl wait --for=delete leaf/oslo) and create it anew, or name another cluster',
      },
    ]);
  });

  it('does not keep a shortcut that is there from being changed', () => {
    const { problems, warnings } = index.review(shortcut, stored);
    expect(problems).toEqual([]);
    expect(warnings).toContain('LeafCluster oslo is being deleted: it goes when no shortcut uses it any more');
  });
});

describe('the shortcuts of one pair', () => {
  const older = aShortcut('older', aSpec('rome', 'milan'), 1);
  const younger = aShortcut('younger', aSpec('milan', 'rome'), 2);

  it('yield to the oldest, which is told of them', () => {
    for (const order of [
      [older, younger],
      [younger, older],
    ]) {
      const index = indexOf(leaves, order);
      expect(index.review(younger, stored).problems).toMatchObject([
        { code: 'CORE_PAIR_TAKEN', rival: { name: 'older' } },
      ]);
      const { problems, warnings } = index.review(older, stored);
      expect(problems).toEqual([]);
      expect(warnings).toContain('VirtualNodeShortcut younger is for the same pair, but younger: it has no effect');
    }
  });

  it('yield to the one that is carried out, however young it is, and a new one is told of that', () => {
    const old = aShortcut('old', aSpec('rome', 'milan'), 1);
    const condition = {
      type: 'Accepted',
      status: 'True',
      reason: 'Accepted',
      message: '',
      lastTransitionTime: '',
    } as const;
    const young = { ...aShortcut('young', aSpec('milan', 'rome'), 2), status: { conditions: [condition] } };
    const index = indexOf(leaves, [old, young]);
    expect(index.review(young, stored).problems).toEqual([]);
    expect(index.review(old, stored).problems).toMatchObject([{ rival: { name: 'young' } }]);
    expect(index.review(aShortcut('new', aSpec('rome', 'milan'))).problems).toMatchObject([
      { rival: { name: 'young' } },
    ]);
    index.putShortcut({ ...young, status: {} });
    expect(index.review({ ...young, status: {} }, stored).problems).toMatchObject([{ rival: { name: 'old' } }]);
  });

  it('of the same second are told apart by their UIDs', () => {
    const [a, b] = ['a', 'b'].map((uid) => aShortcut(`twin-${uid}`, aSpec('rome', 'milan'), 1, uid));
    if (a === undefined || b === undefined) throw new Error('two were made');
    const index = indexOf(leaves, [b, a]);
    expect(index.review(a, stored).problems).toEqual([]);
    expect(index.review(b, stored).problems).toMatchObject([{ rival: { name: 'twin-a' } }]);
  });

  it('pass on what the oldest had when it goes', () => {
    const index = indexOf(leaves, [older, younger]);
    index.removeShortcut('older');
    expect(namesOn(index.review(younger, stored), 'rome')).toEqual(['10.71.0.0/16', '10.68.0.0/16']);
  });
});

it('a review leaves no trace', () => {
  const index = indexOf(leaves, [aShortcut('a', explicit('milan', '10.50.0.0/16', '10.51.0.0/16'))]);
  const probe = aShortcut('b', explicit('paris', '10.50.0.0/16', '10.53.0.0/16'));
  const before = index.review(probe);
  index.review(aShortcut('c', explicit('oslo', '10.53.0.0/16', '10.49.0.0/16')));
  expect(index.review(probe)).toEqual(before);
});
