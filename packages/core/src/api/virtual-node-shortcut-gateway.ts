import { dialAddress, namespaceName, objectName, port } from './schema-fragments.ts';
import type { StructuralSchema } from './structural-schema.ts';

const templateRef = {
  type: 'object',
  required: ['name'],
  'x-kubernetes-map-type': 'atomic',
  properties: {
    namespace: { ...namespaceName, description: "Namespace of the template; Liqo's own namespace when left out." },
    name: { ...objectName, description: 'Name of the template.' },
  },
} as const;

const service = {
  type: 'object',
  default: {},
  description: "The Service in front of the gateway server, created on the server's cluster.",
  properties: {
    type: {
      type: 'string',
      enum: ['LoadBalancer', 'NodePort', 'ClusterIP'],
      default: 'LoadBalancer',
      description: 'Type of the Service.',
    },
    port: { ...port, default: 51840, description: 'UDP port of the Service.' },
    nodePort: {
      type: 'integer',
      minimum: 30000,
      maximum: 32767,
      description: 'Port on every node, for the types NodePort and LoadBalancer. The cluster chooses when left out.',
    },
    loadBalancerIP: {
      type: 'string',
      minLength: 1,
      maxLength: 45,
      description: 'Address to ask the load balancer for, for the type LoadBalancer.',
      'x-kubernetes-validations': [
        { rule: 'isIP(self)', message: 'must be an IPv4 or IPv6 address without leading zeros, like 192.0.2.10' },
      ],
    },
    annotations: {
      type: 'object',
      maxProperties: 32,
      additionalProperties: { type: 'string', maxLength: 4096, description: 'Value of the annotation.' },
      description: 'Annotations of the Service, read by many load balancers.',
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "!has(self.nodePort) || self.type != 'ClusterIP'",
      fieldPath: '.nodePort',
      message:
        'a Service of type ClusterIP has no node port: set type to NodePort or LoadBalancer, or leave nodePort out',
    },
    {
      rule: "!has(self.loadBalancerIP) || self.type == 'LoadBalancer'",
      fieldPath: '.loadBalancerIP',
      message: 'only a Service of type LoadBalancer has one: set type to LoadBalancer or leave loadBalancerIP out',
    },
  ],
} as const satisfies StructuralSchema;

const client = {
  type: 'object',
  description: 'Where the gateway client finds the server when that is not what the server announces, as behind NAT.',
  properties: {
    address: { ...dialAddress, description: 'IP address or DNS name to dial.' },
    port: { ...port, description: 'UDP port to dial.' },
  },
} as const satisfies StructuralSchema;

const keyRotation = {
  type: 'object',
  description:
    'When both gateways get other keys by themselves; never when left out. Only between leaves run by the Leafway agent. ' +
    'At once, with or without this: the annotation leafway.dev/rotate-keys with any new value.',
  required: ['interval'],
  properties: {
    interval: {
      type: 'string',
      minLength: 2,
      maxLength: 5,
      description: 'How old a key becomes, in whole hours, like 720h: from 1h to 8784h, a year.',
      'x-kubernetes-validations': [
        {
          rule: "self.matches('^[1-9][0-9]{0,3}h$') && duration(self) <= duration('8784h')",
          message: 'must be whole hours, from 1h to 8784h (a year), like 720h',
        },
      ],
    },
  },
} as const satisfies StructuralSchema;

/** How the tunnel is made: `spec.gateway` of a VirtualNodeShortcut. */
export const shortcutGatewaySchema = {
  type: 'object',
  default: {},
  description: 'The two gateways that carry the tunnel.',
  properties: {
    server: {
      type: 'string',
      minLength: 1,
      maxLength: 63,
      default: 'Auto',
      description: 'Which cluster runs the gateway server: Auto, or the id of one of the two.',
    },
    service,
    client,
    serverTemplateRef: { ...templateRef, description: "Template of the gateway server; Liqo's default when left out." },
    clientTemplateRef: { ...templateRef, description: "Template of the gateway client; Liqo's default when left out." },
    keyRotation,
    mtu: {
      type: 'integer',
      minimum: 1280,
      maximum: 8920,
      default: 1340,
      description: 'MTU of the tunnel, equal on both sides. Above 1440 packets are too large for most networks.',
    },
  },
} as const satisfies StructuralSchema;
