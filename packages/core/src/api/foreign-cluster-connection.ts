import { connectionStatusFields } from './connection-status.ts';
import type { FromSchema } from './from-schema.ts';
import type { ObjectMeta } from './object-meta.ts';
import { cidr, clusterId, namespaceName, objectName } from './schema-fragments.ts';
import type { KindSchema, StructuralSchema } from './structural-schema.ts';

/** In the Foreign Cluster Connector, which was written in Go, a field that is empty or 0 was the same as none. */
const templateName = { ...objectName, minLength: 0, pattern: `^$|${objectName.pattern}` } as const;
const templateNamespace = { ...namespaceName, minLength: 0, pattern: `^$|${namespaceName.pattern}` } as const;

const gatewayType = (plural: string) =>
  ({
    type: 'string',
    maxLength: 253,
    'x-kubernetes-validations': [
      {
        rule: `self == '' || self == 'networking.liqo.io/v1beta1/${plural}'`,
        message: `only WireGuard gateways are supported: leave it out or write networking.liqo.io/v1beta1/${plural}`,
      },
    ],
  }) as const;

const networking = {
  type: 'object',
  description: 'The two gateways that carry the tunnel. What is left out, empty or 0 is as Liqo has it.',
  properties: {
    mtu: {
      type: 'integer',
      minimum: 0,
      maximum: 8920,
      description: 'MTU of the tunnel, equal on both sides, at least 1280. 1340 when left out.',
      'x-kubernetes-validations': [
        { rule: 'self == 0 || self >= 1280', message: 'must be at least 1280: IPv6 needs that much' },
      ],
    },
    serverGatewayType: { ...gatewayType('wggatewayservertemplates'), description: 'Kind of the server template.' },
    serverTemplateName: {
      ...templateName,
      description: "Template of the gateway server; Liqo's default when left out.",
    },
    serverTemplateNamespace: { ...templateNamespace, description: "Its namespace; Liqo's own when left out." },
    serverServiceType: {
      type: 'string',
      enum: ['', 'LoadBalancer', 'NodePort', 'ClusterIP'],
      description: 'Type of the Service in front of the gateway server. LoadBalancer when left out.',
    },
    serverServicePort: {
      type: 'integer',
      minimum: 0,
      maximum: 65535,
      description: 'UDP port of that Service. 51840 when left out.',
    },
    clientGatewayType: { ...gatewayType('wggatewayclienttemplates'), description: 'Kind of the client template.' },
    clientTemplateName: {
      ...templateName,
      description: "Template of the gateway client; Liqo's default when left out.",
    },
    clientTemplateNamespace: { ...templateNamespace, description: "Its namespace; Liqo's own when left out." },
    timeoutSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 2_147_483_647,
      description: 'Has no effect any more: the controller never gives up.',
    },
    wait: {
      type: 'boolean',
      description: 'Has no effect any more: the status always tells whether packets pass.',
    },
  },
} as const satisfies StructuralSchema;

/** What a user asks for: the `spec` of a ForeignClusterConnection. */
export const foreignClusterConnectionSpecSchema = {
  type: 'object',
  description: 'The link that is wanted.',
  required: ['foreignClusterA', 'foreignClusterB'],
  properties: {
    foreignClusterA: { ...clusterId, description: 'Liqo cluster ID of the first cluster: its gateway is the client.' },
    foreignClusterB: { ...clusterId, description: 'Liqo cluster ID of the second cluster: its gateway is the server.' },
    networking,
  },
  'x-kubernetes-validations': [
    {
      rule: 'self.foreignClusterA != self.foreignClusterB',
      fieldPath: '.foreignClusterB',
      message: 'is the same cluster as foreignClusterA: a link is between two different leaf clusters',
    },
  ],
} as const satisfies StructuralSchema;

const seenFrom = (cluster: string, other: string) =>
  ({
    type: 'object',
    description: `What the ${cluster} cluster sees of the ${other} one.`,
    properties: {
      podCIDR: { ...cidr, description: `The range of the ${other} cluster's own pods; of several the first.` },
      remappedPodCIDR: { ...cidr, description: `Under which range the ${cluster} cluster sees them.` },
    },
  }) as const;

/** What is there: the `status` of a ForeignClusterConnection. */
export const foreignClusterConnectionStatusSchema = {
  type: 'object',
  description: 'The link as it is. Written by the controller.',
  required: ['isConnected'],
  properties: {
    ...connectionStatusFields,
    foreignClusterANetworking: seenFrom('first', 'second'),
    foreignClusterBNetworking: seenFrom('second', 'first'),
  },
} as const satisfies StructuralSchema;

/** The whole kind: the last form of the Foreign Cluster Connector's link. */
export const foreignClusterConnectionSchema = {
  type: 'object',
  description:
    'A ForeignClusterConnection is a direct link as the Foreign Cluster Connector had it. ' +
    'It is carried out by a VirtualNodeShortcut.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string', maxLength: 128, description: 'networking.liqo.io/v1beta1' },
    kind: { type: 'string', maxLength: 63, description: 'ForeignClusterConnection' },
    metadata: { type: 'object' },
    spec: foreignClusterConnectionSpecSchema,
    status: foreignClusterConnectionStatusSchema,
  },
} as const satisfies KindSchema;

/** The spec as a user writes it. */
export type ForeignClusterConnectionSpec = FromSchema<typeof foreignClusterConnectionSpecSchema>;

/** The state that the controller reports. */
export type ForeignClusterConnectionStatus = FromSchema<typeof foreignClusterConnectionStatusSchema>;

/** A direct link as the Foreign Cluster Connector had it. */
export interface ForeignClusterConnection {
  apiVersion: 'networking.liqo.io/v1beta1';
  kind: 'ForeignClusterConnection';
  metadata: ObjectMeta;
  spec: ForeignClusterConnectionSpec;
  status?: ForeignClusterConnectionStatus;
}
