import { ageColumn, defineKind } from './definition.ts';
import {
  type CrdSchema,
  choice,
  fields,
  int32,
  ipv4,
  list,
  localReference,
  objectReference,
  text,
  textMap,
} from './schema.ts';

const mtu: CrdSchema = { type: 'integer', description: 'MTU of the tunnel.' };

const keysRef = localReference('Secret with the keys; one is made when left out.');

const endpoint = (description: string): CrdSchema =>
  fields(description, {
    addresses: list('IP addresses or DNS names.', text('One of them.')),
    port: int32('Port.'),
    protocol: choice('Protocol.', ['TCP', 'UDP']),
  });

const internalEndpoint = fields("Where the cluster's own nodes reach the gateway.", {
  ip: ipv4('Address of the gateway.'),
  node: text('Node that it runs on.'),
});

/** The end of a tunnel that waits to be dialled. */
export const gatewayServerDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'GatewayServer',
  shortNames: ['gws', 'gwserver'],
  description: 'The end of a tunnel that waits to be dialled.',
  spec: fields('The gateway that is wanted.', {
    serverTemplateRef: objectReference('Template to make it from.'),
    mtu,
    endpoint: fields('The Service in front of it.', {
      serviceType: choice(
        'Type of the Service.',
        ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
        'ClusterIP',
      ),
      port: int32('Port of the Service.'),
      nodePort: int32('Port on every node.'),
      loadBalancerIP: text('Address to ask the load balancer for.'),
    }),
    secretRef: keysRef,
    serviceAnnotations: textMap('Annotations of the Service.'),
    serviceLabels: textMap('Labels of the Service.'),
  }),
  status: fields('The gateway that is there.', {
    serverRef: objectReference('The object made from the template.'),
    secretRef: objectReference('The Secret with the keys.'),
    endpoint: endpoint('Where to dial.'),
    internalEndpoint,
  }),
  columns: [
    { name: 'Address', type: 'string', jsonPath: '.status.endpoint.addresses[*]' },
    { name: 'Port', type: 'string', jsonPath: '.status.endpoint.port' },
    ageColumn,
  ],
});

/** The end of a tunnel that dials. */
export const gatewayClientDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'GatewayClient',
  shortNames: ['gwc', 'gwclient'],
  description: 'The end of a tunnel that dials.',
  spec: fields('The gateway that is wanted.', {
    clientTemplateRef: objectReference('Template to make it from.'),
    mtu,
    endpoint: endpoint('Where to dial.'),
    secretRef: keysRef,
  }),
  status: fields('The gateway that is there.', {
    clientRef: objectReference('The object made from the template.'),
    secretRef: objectReference('The Secret with the keys.'),
    internalEndpoint,
  }),
  columns: [
    { name: 'Address', type: 'string', jsonPath: '.spec.endpoint.addresses[*]' },
    { name: 'Port', type: 'string', jsonPath: '.spec.endpoint.port' },
    ageColumn,
  ],
});

/** The other side's public key. */
export const publicKeyDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'PublicKey',
  plural: 'publickeies',
  shortNames: ['pk', 'pkies', 'pkey'],
  description: "The public key of the other side's gateway.",
  spec: fields('The key.', { publicKey: text('The 32 bytes of the key in base64.', { format: 'byte' }) }),
});

/** What a gateway says of its tunnel. */
export const connectionDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'Connection',
  shortNames: ['conn'],
  description: 'What a gateway says of its tunnel.',
  spec: fields(
    'Whose tunnel it is.',
    {
      type: choice('Which end the gateway is.', ['Server', 'Client']),
      gatewayRef: objectReference('The gateway.'),
    },
    ['type', 'gatewayRef'],
  ),
  status: fields('The state of the tunnel.', {
    value: text('Connecting, Connected or Error.'),
    latency: fields('Round-trip time between the two gateways.', {
      value: text('The time, with its unit.'),
      timestamp: text('When it was measured.', { format: 'date-time' }),
    }),
  }),
  columns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type' },
    { name: 'Status', type: 'string', jsonPath: '.status.value' },
    { name: 'Latency', type: 'string', jsonPath: '.status.latency.value' },
    ageColumn,
  ],
});
