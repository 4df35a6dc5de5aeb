import {
  buildClusterIDConfigMap,
  buildGatewayServer,
  buildNetwork,
  type GatewayServer,
  type Network,
} from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster } from '../testing/world.ts';
import { type LeafView, leafStatus, unusableReason } from './facts.ts';

function aNetwork(name: string, type: 'pod' | 'external' | 'reserved', cidr: string): Network {
  return { ...buildNetwork({ name, type, cidr, liqoNamespace: 'liqo' }), status: { cidr } };
}

function aView(over: Partial<LeafView> = {}): LeafView {
  return {
    problem: undefined,
    credential: undefined,
    account: undefined,
    missingRights: undefined,
    templates: undefined,
    identity: 'identity of rome',
    configMaps: [buildClusterIDConfigMap({ clusterID: 'rome', liqoNamespace: 'liqo' })],
    networks: [aNetwork('pod-cidr', 'pod', '10.1.0.0/16'), aNetwork('external-cidr', 'external', '10.70.0.0/16')],
    configurations: [],
    gateways: { servers: [], clients: [] },
    ...over,
  };
}

const rome = aLeafCluster('rome');
const options = { liqoNamespace: 'liqo', atCentre: [], now: new Date('2026-11-21T12:00:00Z') };
const status = (view: LeafView | undefined) => leafStatus(rome, view, options);
const condition = (view: LeafView | undefined, type: string) =>
  status(view).conditions?.find((one) => one.type === type);

describe('the facts of a leaf', () => {
  it('are what its networks say', () => {
    const networks = [...aView().networks, aNetwork('wan', 'reserved', '172.30.0.0/16')];
    expect(status(aView({ networks })).networks).toEqual({
      pod: ['10.1.0.0/16'],
      external: ['10.70.0.0/16'],
      service: [],
      internal: [],
      inUse: [
        { cidr: '10.1.0.0/16', owner: 'pod CIDR' },
        { cidr: '10.70.0.0/16', owner: 'external CIDR' },
        { cidr: '172.30.0.0/16', owner: 'reserved network' },
      ],
    });
    expect(condition(aView({ networks }), 'Ready')?.status).toBe('True');
  });

  it('tell our agent from Liqo', () => {
    const [configMap] = aView().configMaps;
    if (configMap === undefined) throw new Error('no ConfigMap');
    const { annotations: _, ...metadata } = configMap.metadata;
    expect(status(aView()).dataPlane).toEqual({ kind: 'Leafway' });
    expect(status(aView({ configMaps: [{ ...configMap, metadata }] })).dataPlane).toEqual({
      kind: 'Liqo',
      namespace: 'liqo',
    });
  });

  it('are the same in whatever order the caches have them', () => {
    const server = (namespace: string, port: number): GatewayServer => ({
      ...buildGatewayServer(
        { remoteClusterID: 'milan', namespace },
        { template: { namespace: 'liqo' }, mtu: 1340, serviceType: 'NodePort', port },
      ),
      status: { endpoint: { addresses: ['172.30.0.9'], port } },
    });
    const networks = [...aView().networks, aNetwork('more-pods', 'pod', '10.2.0.0/16')];
    const servers = [server('one', 51_840), server('another', 51_841)];
    const there = aView({ networks, gateways: { servers, clients: [] } });
    const gateways = { servers: servers.toReversed(), clients: [] };
    const back = aView({ networks: networks.toReversed(), gateways });
    expect(status(there).gateways).toHaveLength(2);
    expect(status(back)).toEqual(status(there));
  });

  it('stay as they were while the leaf does not answer', () => {
    const away = aView({ problem: 'connect ECONNREFUSED', networks: [] });
    expect(status(away).networks).toEqual(rome.status?.networks);
    expect(condition(away, 'Reachable')).toMatchObject({ status: 'False', message: 'connect ECONNREFUSED.' });
    expect(condition(away, 'Ready')?.status).toBe('False');
  });

  it.each([
    ['a leading zero', '10.01.0.0/16'],
    ['host bits', '10.1.0.5/16'],
    ['a mask out of range', '10.1.0.0/33'],
  ])('never hold a range with %s that a leaf reports', (_, cidr) => {
    const hostile = aView({
      networks: [aNetwork('pod-cidr', 'pod', cidr), aNetwork('external-cidr', 'external', '10.70.0.0/16')],
    });
    expect(JSON.stringify(status(hostile).networks)).not.toContain(cidr);
    expect(condition(hostile, 'FactsGathered')).toMatchObject({
      status: 'False',
      reason: 'Malformed',
      message: expect.stringContaining(cidr),
    });
  });

  it('miss what a cluster without Liqo does not have', () => {
    expect(condition(aView({ networks: [] }), 'FactsGathered')?.reason).toBe('Missing');
  });
});

describe('a leaf cannot be used', () => {
  it.each([
    ['before its credentials were read', undefined, 'its credentials are not read yet'],
    ['while it does not answer', aView({ problem: 'timeout' }), 'timeout'],
    ['when another cluster took its place', aView({ identity: 'another' }), 'another cluster answers now'],
    [
      'when it has another ID than its LeafCluster',
      aView({ configMaps: [buildClusterIDConfigMap({ clusterID: 'milan', liqoNamespace: 'liqo' })] }),
      'its ID is milan',
    ],
  ])('%s', (_, view, words) => {
    expect(unusableReason(rome, view)).toContain(words);
  });

  it('otherwise it can', () => {
    expect(unusableReason(rome, aView())).toBeUndefined();
  });
});
