import {
  buildClusterIDConfigMap,
  buildConfiguration,
  buildConnection,
  buildGatewayClient,
  buildGatewayServer,
  buildGatewayTemplate,
  buildIP,
  buildNetwork,
  buildPublicKey,
  buildTenantNamespace,
  type LiqoObject,
} from '@leafway/liqo';

/** What the controller marks every object with. */
const extra = {
  labels: {
    'app.kubernetes.io/managed-by': 'leafway',
    'leafway.dev/shortcut-uid': '0a8a3f5e-6e0f-4f63-9a53-2f0d9d2c7b11',
  },
  annotations: { 'leafway.dev/shortcut-name': 'here-elsewhere' },
};

/** Every object that we ever write, and every form of it, into one namespace; by what is particular about it. */
export function writtenObjects(namespace: string): [string, LiqoObject][] {
  const side = { remoteClusterID: 'elsewhere', namespace, extra };
  const template = { namespace: 'liqo' };
  const remote = { remotePod: ['10.244.0.0/16'], remoteExternal: ['10.70.0.0/16'] };
  const server = { template, mtu: 1340, serviceType: 'LoadBalancer', port: 51_840 } as const;
  const client = { template, mtu: 1340, address: '172.30.0.12', port: 32_485 };
  const gatewayServer = withUID(buildGatewayServer(side, server));
  const gatewayClient = withUID(buildGatewayClient(side, client));
  const publicKey = '0dg5oxpcEbO7hxy53tw+JbyIfKsoAudpwaASEI7Oyyg=';
  const severalPods = ['10.1.0.0/17', '10.2.0.0/20', '192.168.4.0/22'];
  const network = (type: Parameters<typeof buildNetwork>[0]['type']) =>
    buildNetwork({ name: `${type}-cidr`, liqoNamespace: namespace, type, cidr: '10.80.0.0/16' });
  return [
    ['a tenant namespace', buildTenantNamespace('elsewhere', extra)],
    ['a Configuration', buildConfiguration(side, remote)],
    [
      'a Configuration with wanted names',
      buildConfiguration(side, { ...remote, wanted: { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] } }),
    ],
    ['a Configuration with several pod CIDRs', buildConfiguration(side, { ...remote, remotePod: severalPods })],
    [
      'a Configuration with IPv6',
      buildConfiguration(side, { remotePod: ['10.244.0.0/16', 'fd00:10:244::/56'], remoteExternal: ['fd00:70::/64'] }),
    ],
    ['a GatewayServer behind a load balancer', buildGatewayServer(side, server)],
    ['a GatewayServer inside the network', buildGatewayServer(side, { ...server, serviceType: 'ClusterIP' })],
    ['a GatewayServer on every node', buildGatewayServer(side, { ...server, serviceType: 'NodePort', mtu: 8920 })],
    [
      'a GatewayServer on a chosen port of every node',
      buildGatewayServer(side, { ...server, serviceType: 'NodePort', nodePort: 30_840 }),
    ],
    [
      'a GatewayServer with an address and annotations for its load balancer',
      buildGatewayServer(side, {
        ...server,
        loadBalancerIP: '203.0.113.7',
        serviceAnnotations: { 'service.beta.kubernetes.io/aws-load-balancer-type': 'external', empty: '' },
      }),
    ],
    [
      'a GatewayServer from a template of its own',
      buildGatewayServer(side, { ...server, template: { name: 'mine', namespace: 'templates' } }),
    ],
    ['a GatewayClient', buildGatewayClient(side, client)],
    ['a GatewayClient that dials a name', buildGatewayClient(side, { ...client, address: 'vpn.example.org' })],
    ['a GatewayClient that dials IPv6', buildGatewayClient(side, { ...client, address: 'fd00::12', mtu: 1280 })],
    [
      'a GatewayClient from a template of its own',
      buildGatewayClient(side, { ...client, template: { name: 'mine', namespace: 'templates' } }),
    ],
    ['a PublicKey of a server', buildPublicKey(side, { publicKey, gateway: gatewayServer })],
    ['a PublicKey of a client', buildPublicKey(side, { publicKey, gateway: gatewayClient })],
    ['a Connection of a server', buildConnection(side, { role: 'Server', gateway: gatewayServer })],
    ['a Connection of a client', buildConnection(side, { role: 'Client', gateway: gatewayClient })],
    ...(['pod', 'service', 'external', 'internal', 'reserved'] as const).map((type): [string, LiqoObject] => [
      `a Network of type ${type}`,
      network(type),
    ]),
    ['an IP', buildIP({ name: 'elsewhere-web', namespace, ip: '10.71.0.11', extra })],
    ['the ConfigMap of the ID', buildClusterIDConfigMap({ clusterID: 'here', liqoNamespace: namespace })],
    ['the template of servers', buildGatewayTemplate({ role: 'Server', liqoNamespace: namespace })],
    ['the template of clients', buildGatewayTemplate({ role: 'Client', liqoNamespace: namespace })],
  ];
}

/** As if it had been read from a server: only then can it own others. */
function withUID<T extends LiqoObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, uid: 'c0a4d4c2-57ab-4f0f-8f0b-5f6f3a0d7e52' } };
}
