import { describe, expect, it } from 'vitest';
import { aLeaf } from '../testing/builders.ts';
import { leafFacts } from './leaf-facts.ts';

describe('leafFacts', () => {
  it('parses what is recorded of a leaf', () => {
    const leaf = aLeaf('rome', {
      dataPlane: 'Liqo',
      gateway: { mayServe: false, address: '203.0.113.7' },
      gateways: [
        { remoteClusterID: 'milan', role: 'Server', port: 31840 },
        { remoteClusterID: 'paris', role: 'Server' },
        { remoteClusterID: 'central', role: 'Client' },
      ],
    });
    const facts = leafFacts(leaf);
    expect(facts.ok && facts.value).toMatchObject({
      id: 'rome',
      dataPlane: 'Liqo',
      pod: [{ text: '10.244.0.0/16' }],
      external: [{ text: '10.70.0.0/16' }],
      mayServe: false,
      address: '203.0.113.7',
      servers: 2,
      serversWithoutAddress: 1,
    });
  });

  it('takes a leaf that says nothing about serving for one that may, without an address', () => {
    const facts = leafFacts(aLeaf('rome'));
    expect(facts.ok && facts.value.mayServe).toBe(true);
    expect(facts.ok && 'address' in facts.value).toBe(false);
  });

  it('counts service and internal ranges as in use although the list lacks them', () => {
    const inUse = [{ cidr: '10.96.0.0/12', owner: 'services' }];
    const facts = leafFacts(aLeaf('rome', { networks: { inUse } }));
    expect(facts.ok && facts.value.inUse.map(({ cidr, owner }) => `${cidr.text} ${owner}`)).toEqual([
      '10.96.0.0/12 services',
      '10.80.0.0/16 internal CIDR',
    ]);
  });

  it('keeps which remote a range in use stands for', () => {
    const inUse = [{ cidr: '10.71.0.0/16', owner: "name of milan's pods", remoteClusterID: 'milan' }];
    const facts = leafFacts(aLeaf('rome', { networks: { inUse, service: [], internal: [] } }));
    expect(facts.ok && facts.value.inUse).toMatchObject([{ cidr: { text: '10.71.0.0/16' }, remoteClusterID: 'milan' }]);
  });

  it('tells of Liqo only where Liqo runs', () => {
    const templates = [
      { kind: 'WgGatewayServerTemplate' as const, namespace: 'liqo', name: 'wireguard-server', forwards: [] },
    ];
    const liqoOf = (kind: 'Liqo' | 'Leafway', dataPlane: object): unknown => {
      const leaf = aLeaf('rome');
      const facts = leafFacts({ ...leaf, status: { ...leaf.status, dataPlane: { kind, ...dataPlane }, templates } });
      return facts.ok && facts.value.liqo;
    };
    const known = { dialect: '1.2', namespace: 'liqo-system' };
    expect(liqoOf('Liqo', known)).toEqual({ ...known, templates });
    expect(liqoOf('Liqo', {})).toEqual({ namespace: 'liqo', templates });
    expect(liqoOf('Leafway', known)).toBeUndefined();
  });

  it('tells whether the leaf answers and until when its credential is of use', () => {
    const leaf = aLeaf('rome');
    const read = (status: object) => {
      const facts = leafFacts({ ...leaf, status: { ...leaf.status, ...status } });
      return (
        facts.ok && { isReachable: facts.value.isReachable, until: facts.value.credentialExpiresAt?.toISOString() }
      );
    };
    const reachable = (status: string) => ({
      conditions: [{ type: 'Reachable', status, reason: 'x', message: '', lastTransitionTime: '' }],
    });
    expect(read({})).toEqual({ isReachable: true, until: undefined });
    expect(read(reachable('False'))).toEqual({ isReachable: false, until: undefined });
    expect(read({ ...reachable('True'), credential: { expiresAt: '2026-12-01T00:00:00Z' } })).toEqual({
      isReachable: true,
      until: '2026-12-01T00:00:00.000Z',
    });
    expect(read({ credential: { expiresAt: 'soon' } })).toEqual({ isReachable: true, until: undefined });
  });

  it('tells what the centre calls the pods only when it is known of each range', () => {
    const read = (podAtCentre: string[]) => {
      const facts = leafFacts(aLeaf('rome', { networks: { pod: ['10.1.0.0/16', '10.2.0.0/16'], podAtCentre } }));
      return facts.ok && facts.value.podAtCentre?.map(({ text }) => text);
    };
    expect(read(['10.71.0.0/16', '10.72.0.0/16'])).toEqual(['10.71.0.0/16', '10.72.0.0/16']);
    expect(read(['10.71.0.0/16'])).toBeUndefined();
    expect(read([])).toBeUndefined();
  });

  it.each([
    ['nothing is recorded', { ...aLeaf('rome'), status: {} }],
    [
      'its data plane is not known',
      { ...aLeaf('rome'), status: { networks: { pod: ['10.0.0.0/16'], external: ['10.1.0.0/16'] } } },
    ],
    ['no pod range is found', aLeaf('rome', { networks: { pod: [] } })],
    ['no external range is found', aLeaf('rome', { networks: { external: [] } })],
  ])('are unknown while %s', (_, leaf) => {
    expect(leafFacts(leaf)).toMatchObject({
      ok: false,
      problems: [{ path: 'status.networks', code: 'CORE_FACTS_UNKNOWN' }],
    });
  });

  it('reports every malformed range with its field and the reason', () => {
    const networks = {
      pod: ['10.244.0.0/16', '10.244.1.0/16'],
      external: ['010.70.0.0/16'],
      service: ['10.96.0.0/33'],
      internal: ['10.80/16'],
      inUse: [{ cidr: '10.71.0.0', owner: 'x' }],
    };
    const facts = leafFacts(aLeaf('rome', { networks }));
    expect(facts.ok ? [] : facts.problems.map(({ path, code, message }) => [path, code, message])).toEqual([
      [
        'status.networks.pod[1]',
        'CORE_FACTS_MALFORMED',
        expect.stringContaining('host bits set: its network is 10.244.0.0/16'),
      ],
      ['status.networks.external[0]', 'CORE_FACTS_MALFORMED', expect.stringContaining('leading zero in "010"')],
      ['status.networks.inUse[0].cidr', 'CORE_FACTS_MALFORMED', expect.stringContaining('add its prefix length')],
      ['status.networks.service[0]', 'CORE_FACTS_MALFORMED', expect.stringContaining('0 to 32')],
      ['status.networks.internal[0]', 'CORE_FACTS_MALFORMED', expect.stringContaining('2 of the four parts')],
    ]);
  });
});
