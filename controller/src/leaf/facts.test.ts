import {
  buildClusterIDConfigMap,
  buildConfiguration,
  buildGatewayServer,
  buildNetwork,
  type Configuration,
  type GatewayServer,
  type Network,
} from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { aLeafCluster } from '../testing/world.ts';
import { type LeafView, leafStatus, unusableReason } from './facts.ts';

function aNetwork(name: string, type: 'pod' | 'external' | 'reserved' | 'other', cidr: string): Network {
  const network = buildNetwork({ name, type: type === 'other' ? 'reserved' : type, cidr, liqoNamespace: 'liqo' });
  if (type === 'other') delete network.metadata.labels;
  return { ...network, status: { cidr } };
}

const someNetworks = (type: 'pod' | 'reserved', count: number): Network[] =>
  Array.from({ length: count }, (_, index) => aNetwork(`n${index}`, type, `11.${index >> 8}.${index & 255}.0/24`));

const someServers = (count: number): GatewayServer[] =>
  Array.from({ length: count }, (_, index) =>
    buildGatewayServer(
      { remoteClusterID: `edge-${index}`, namespace: `liqo-tenant-edge-${index}` },
      { template: { namespace: 'liqo' }, mtu: 1340, serviceType: 'NodePort', port: 51_840 },
    ),
  );

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

  it('hold a name whose range is malformed, without that', () => {
    const side = { remoteClusterID: 'paris', namespace: 'liqo-tenant-paris' };
    const remotePod = ['10.244.0.1/16'];
    const hostile: Configuration = {
      ...buildConfiguration(side, { remotePod, remoteExternal: ['10.70.0.0/16'] }),
      status: { remote: { cidr: { pod: ['10.80.0.0/16'], external: ['10.81.0.0/16'] } } },
    };
    expect(status(aView({ configurations: [hostile] })).networks?.inUse).toContainEqual({
      ...{ cidr: '10.80.0.0/16', owner: "name of paris's pods", remoteClusterID: 'paris' },
    });
    expect(condition(aView({ configurations: [hostile] }), 'Ready')?.status).toBe('True');
  });

  it('hold no name that is too long for them', () => {
    const networks = [...aView().networks, aNetwork('ü'.repeat(5_000), 'other', '10.9.0.0/16')];
    const { inUse } = status(aView({ networks })).networks ?? {};
    expect(inUse?.map(({ owner }) => owner.length)).toEqual([8, 13, 256]);
  });

  it.each<[string, number, (count: number) => Partial<LeafView>]>([
    ['pod ranges', 16, (count) => ({ networks: [...aView().networks, ...someNetworks('pod', count - 1)] })],
    ['ranges in use', 4_096, (count) => ({ networks: [...aView().networks, ...someNetworks('reserved', count - 2)] })],
    ['gateways', 1_024, (count) => ({ gateways: { servers: someServers(count), clients: [] } })],
  ])('stay as they were when a leaf has more %s than they hold', (words, most, over) => {
    expect(condition(aView(over(most)), 'FactsGathered')?.status).toBe('True');
    const hostile = aView(over(most + 1));
    expect(status(hostile).networks).toEqual(rome.status?.networks);
    expect(condition(hostile, 'FactsGathered')).toMatchObject({
      ...{ status: 'False', reason: 'Malformed' },
      message: expect.stringContaining(`${most + 1} ${words}, and a LeafCluster holds ${most}`),
    });
  });

  it('do not hold what may not be done on another cluster, which answers in its place', () => {
    const missingRights = [{ verb: 'get', group: '', resource: 'namespaces' }];
    expect(status(aView({ missingRights })).missingPermissions).toEqual(missingRights);
    expect(status(aView({ missingRights, identity: 'another' })).missingPermissions).toBeUndefined();
  });

  it('say how to give up what is left there, however much holds it', () => {
    const entry = { apiVersion: 'v1', kind: 'Namespace', name: 'x', uid: 'u', remoteClusterID: 'milan' };
    const left = [{ ...entry, shortcut: { name: 'old', uid: 'o' } }];
    const leaf = { ...rome, status: { ...rome.status, pendingCleanup: left } };
    const held = Array<string>(30).fill(
      'Namespace liqo-tenant-milan on rome is held by the finalizer example.com/hold.',
    );
    const { conditions } = leafStatus(leaf, aView(), { ...options, cleanup: { left, held } });
    const { message } = conditions?.find(({ type }) => type === 'CleanedUp') ?? {};
    expect(message).toContain('run "kubectl annotate leafcluster rome leafway.dev/abandon=true"');
    expect(message).toHaveLength(1_024);
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
