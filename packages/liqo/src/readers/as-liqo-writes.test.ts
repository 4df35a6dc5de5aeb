import type { Condition } from '@leafway/core';
import { describe, expect, it } from 'vitest';
import type {
  ConfigMap,
  Configuration,
  Connection,
  GatewayClient,
  GatewayServer,
  LiqoObject,
  Network,
  Secret,
} from '../api/types.ts';
import { clusterIDOf, remoteClusterIDOf } from './cluster-id.ts';
import { namesTakenBy, readConfiguration } from './configuration.ts';
import { readClientEndpoint, readServerEndpoint } from './endpoint.ts';
import { ownKeySource, publicKeyFromSecret, readConnection } from './gateway.ts';
import { readOwnNetworks, readUsedRanges } from './networks.ts';

/**
 * Objects in the very form in which Liqo's own processes leave them, marks of theirs included that we never write:
 * milan is the server of a link with rome, behind a Service of type NodePort.
 */
const remote = { 'liqo.io/remote-cluster-id': 'rome' };
const helm = {
  'app.kubernetes.io/instance': 'liqo-ipam',
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/part-of': 'liqo',
  'helm.sh/chart': 'liqo-v1.2.0',
};
const inTenant = { namespace: 'liqo-tenant-rome', labels: remote, generation: 2 };
const uid = '5b1f3f6c-6a3c-4c5e-9d52-0d1f6f0a7a11';
const networking = 'networking.liqo.io/v1beta1';
const key = '0dg5oxpcEbO7hxy53tw+JbyIfKsoAudpwaASEI7Oyyg=';

const configured: Condition = {
  type: 'NetworkCIDRsConfigured',
  status: 'True',
  reason: 'NetworkCIDRsConfigured',
  message: 'All network CIDRs are configured',
  lastTransitionTime: '2026-11-21T02:37:50Z',
  observedGeneration: 2,
};

const configuration: Configuration = {
  apiVersion: networking,
  kind: 'Configuration',
  metadata: { name: 'rome', ...inTenant },
  spec: {
    local: { cidr: { external: ['10.70.0.0/16'], pod: ['10.244.0.0/16'] } },
    remote: { cidr: { external: ['10.70.0.0/16'], pod: ['10.244.0.0/16'] } },
  },
  status: {
    conditions: [configured],
    remote: { cidr: { external: ['10.68.0.0/16'], pod: ['10.71.0.0/16'] } },
  },
};

const server: GatewayServer = {
  apiVersion: networking,
  kind: 'GatewayServer',
  metadata: { name: 'rome', uid, ...inTenant },
  spec: {
    endpoint: { port: 51_840, serviceType: 'NodePort' },
    mtu: 1340,
    secretRef: { name: '' },
    serverTemplateRef: {
      apiVersion: networking,
      kind: 'WgGatewayServerTemplate',
      name: 'wireguard-server',
      namespace: 'liqo',
    },
  },
  status: {
    endpoint: { addresses: ['172.30.0.12'], port: 32_485, protocol: 'UDP' },
    internalEndpoint: { ip: '10.244.1.36', node: 'milan-node' },
    secretRef: { name: 'gw-rome', namespace: 'liqo-tenant-rome' },
    serverRef: { apiVersion: networking, kind: 'WgGatewayServer', name: 'rome', namespace: 'liqo-tenant-rome', uid },
  },
};

const client: GatewayClient = {
  apiVersion: networking,
  kind: 'GatewayClient',
  metadata: { name: 'milan', uid, namespace: 'liqo-tenant-milan', labels: { 'liqo.io/remote-cluster-id': 'milan' } },
  spec: {
    clientTemplateRef: {
      apiVersion: networking,
      kind: 'WgGatewayClientTemplate',
      name: 'wireguard-client',
      namespace: 'liqo',
    },
    endpoint: { addresses: ['172.30.0.12'], port: 32_485, protocol: 'UDP' },
    mtu: 1340,
    secretRef: { name: '' },
  },
  status: {
    clientRef: { apiVersion: networking, kind: 'WgGatewayClient', name: 'milan', namespace: 'liqo-tenant-milan', uid },
    secretRef: { name: 'gw-milan', namespace: 'liqo-tenant-milan' },
  },
};

const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'gw-rome',
    namespace: 'liqo-tenant-rome',
    labels: { ...remote, 'liqo.io/managed': 'true', 'networking.liqo.io/gateway-resource': 'true' },
    ownerReferences: [{ apiVersion: networking, kind: 'GatewayServer', name: 'rome', uid }],
  },
  type: 'Opaque',
  data: { privateKey: btoa('p'.repeat(32)), publicKey: key },
};

const connection = (status: unknown): Connection => ({
  apiVersion: networking,
  kind: 'Connection',
  metadata: { name: 'gw-rome', ...inTenant },
  // The child's kind with the gateway's UID: so it is written.
  spec: {
    gatewayRef: { apiVersion: networking, kind: 'WgGatewayServer', name: 'rome', namespace: 'liqo-tenant-rome', uid },
    type: 'Server',
  },
  ...(status === undefined ? {} : { status: status as NonNullable<Connection['status']> }),
});

const network = (name: string, type: string, cidr: string, labels = {}): Network => ({
  apiVersion: 'ipam.liqo.io/v1alpha1',
  kind: 'Network',
  metadata: {
    name,
    namespace: 'liqo',
    labels: { ...helm, 'ipam.liqo.io/network-type': type, ...labels },
    annotations: { 'liqo.io/preinstalled': 'true' },
  },
  spec: { cidr },
  status: { cidr },
});

const exact = { 'ipam.liqo.io/network-not-remapped': 'true', 'ipam.liqo.io/network-shared': 'true' };
const networks: Network[] = [
  network('pod-cidr', 'pod-cidr', '10.244.0.0/16', exact),
  network('service-cidr', 'service-cidr', '10.96.0.0/16', exact),
  network('internal-cidr', 'internal-cidr', '10.80.0.0/16'),
  // The range that was asked for was taken at install.
  { ...network('external-cidr', 'external-cidr', '10.70.0.0/16'), status: { cidr: '10.79.0.0/16' } },
  network('reserved-172-30-0-0-16', 'reserved', '172.30.0.0/16', exact),
  {
    apiVersion: 'ipam.liqo.io/v1alpha1',
    kind: 'Network',
    metadata: {
      name: 'rome-pod-10-244-0-0-16',
      ...inTenant,
      labels: { ...remote, 'configuration.liqo.io/cidr-type': 'pod', 'liqo.io/managed': 'true' },
      finalizers: ['network.ipam.liqo.io/finalizer'],
    },
    spec: { cidr: '10.244.0.0/16', preAllocated: 0 },
    status: { cidr: '10.71.0.0/16' },
  },
];

describe("Liqo's own objects", () => {
  it('Configuration: which ranges have which names', () => {
    const reading = readConfiguration(configuration);
    expect(reading.ready && reading.pod.map(({ real, name }) => [real.text, name.text])).toEqual([
      ['10.244.0.0/16', '10.71.0.0/16'],
    ]);
    expect(reading.ready && reading.external.map(({ real, name }) => [real.text, name.text])).toEqual([
      ['10.70.0.0/16', '10.68.0.0/16'],
    ]);
    expect(namesTakenBy(configuration, 'pod')).toEqual([{ real: '10.244.0.0/16', name: '10.71.0.0/16' }]);
  });

  it('Configuration of Liqo 1.1: its label says that it is ready, and there is no condition', () => {
    const labels = { ...remote, 'configuration.liqo.io/configured': 'true' };
    const { conditions: _, ...status } = configuration.status ?? {};
    const older = { ...configuration, metadata: { ...configuration.metadata, labels }, status };
    expect(readConfiguration(older).ready).toBe(true);
  });

  it('Configuration whose Networks are not answered yet', () => {
    const waiting: Condition = {
      ...configured,
      status: 'False',
      reason: 'WaitingForNetworks',
      message: 'Waiting for all networks to be ready',
    };
    expect(readConfiguration({ ...configuration, status: { conditions: [waiting] } })).toEqual({
      ready: false,
      reason: 'Waiting for all networks to be ready',
    });
  });

  it('GatewayServer: the endpoint of its NodePort, and where its key is', () => {
    expect(readServerEndpoint(server)).toEqual({ address: '172.30.0.12', port: 32_485 });
    expect(ownKeySource(server)).toEqual({ kind: 'secret', namespace: 'liqo-tenant-rome', name: 'gw-rome' });
  });

  it('GatewayServer of which the node is not ready: one empty address', () => {
    const endpoint = { addresses: [''], port: 32_485, protocol: 'UDP' };
    expect(readServerEndpoint({ ...server, status: { endpoint } })).toBeUndefined();
  });

  it('GatewayServer behind a load balancer that has a name only', () => {
    const endpoint = { addresses: ['a1b2.elb.eu-south-1.amazonaws.com'], port: 51_840, protocol: 'UDP' };
    expect(readServerEndpoint({ ...server, status: { endpoint } })?.address).toBe('a1b2.elb.eu-south-1.amazonaws.com');
  });

  it('GatewayClient: where it dials, and where its key is', () => {
    expect(readClientEndpoint(client)).toEqual({ address: '172.30.0.12', port: 32_485 });
    expect(ownKeySource(client)).toEqual({ kind: 'secret', namespace: 'liqo-tenant-milan', name: 'gw-milan' });
    const { status: _, ...fresh } = client;
    expect(ownKeySource(fresh).kind).toBe('none');
  });

  it('Secret: the public half, raw bytes in base64 once', () => {
    expect(publicKeyFromSecret(secret)).toBe(key);
    const twice = { ...secret, data: { publicKey: btoa(key) } };
    expect(publicKeyFromSecret(twice)).toBeUndefined();
  });

  it.each([
    ['before the first word', undefined, { connected: false, value: undefined, latency: undefined, stamp: undefined }],
    ['connecting', { value: 'Connecting' }, { connected: false, value: 'Connecting', stamp: undefined }],
    [
      'connected within less than a millisecond',
      { latency: { timestamp: '2026-11-21T02:37:55Z', value: '649μs' }, value: 'Connected' },
      { connected: true, value: 'Connected', latency: '649μs', stamp: '2026-11-21T02:37:55Z' },
    ],
    [
      'in error, with an empty time',
      { latency: { timestamp: null, value: 'N/A' }, value: 'Error' },
      { connected: false, value: 'Error', latency: 'N/A', stamp: undefined },
    ],
  ])('Connection %s', (_, status, reading) => {
    expect(readConnection(connection(status))).toMatchObject(reading);
    expect(remoteClusterIDOf(connection(status))).toBe('rome');
  });

  it("Network: a cluster's own ranges, as they were given", () => {
    expect(readOwnNetworks(networks, 'liqo')).toEqual({
      pod: ['10.244.0.0/16'],
      service: ['10.96.0.0/16'],
      external: ['10.79.0.0/16'],
      internal: ['10.80.0.0/16'],
      reserved: ['172.30.0.0/16'],
    });
  });

  it('Network and Configuration: a name that both tell of is in use once', () => {
    const names = readUsedRanges(networks, [configuration]).filter(({ remoteClusterID }) => remoteClusterID === 'rome');
    expect(names).toEqual([
      {
        cidr: '10.68.0.0/16',
        owner: "name of rome's external range",
        remoteClusterID: 'rome',
        real: '10.70.0.0/16',
      },
      { cidr: '10.71.0.0/16', owner: "name of rome's pods", remoteClusterID: 'rome', real: '10.244.0.0/16' },
    ]);
  });

  it("ConfigMap: the cluster's ID", () => {
    const configMap: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'liqo-clusterid-configmap',
        namespace: 'liqo',
        labels: { ...helm, 'app.kubernetes.io/name': 'clusterid-configmap' },
      },
      data: { CLUSTER_ID: 'milan' },
    };
    expect(clusterIDOf(configMap)).toBe('milan');
  });

  it('Namespace, PublicKey and ForeignCluster: which cluster they are about', () => {
    const about = (apiVersion: string, kind: string, labels: Record<string, string>): LiqoObject => ({
      apiVersion,
      kind,
      metadata: { name: 'rome', labels: { ...remote, ...labels } },
    });
    for (const object of [
      about('v1', 'Namespace', { 'liqo.io/tenant-namespace': 'true' }),
      about(networking, 'PublicKey', { 'networking.liqo.io/gateway-resource': 'true' }),
      about('core.liqo.io/v1beta1', 'ForeignCluster', {}),
    ]) {
      expect(remoteClusterIDOf(object)).toBe('rome');
    }
  });
});
