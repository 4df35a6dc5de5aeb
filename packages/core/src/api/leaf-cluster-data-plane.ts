import { namespaceName, objectName } from './schema-fragments.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** What runs the tunnels on a leaf: `status.dataPlane` of a LeafCluster. */
export const leafDataPlane = {
  type: 'object',
  description: 'What runs the tunnels on the leaf cluster.',
  required: ['kind'],
  properties: {
    kind: { type: 'string', enum: ['Liqo', 'Leafway'], description: 'Liqo itself, or the Leafway agent.' },
    version: { type: 'string', maxLength: 64, description: 'Its version.' },
    dialect: {
      type: 'string',
      enum: ['1.0', '1.2'],
      description:
        'How Liqo understands its objects: 1.0 up to version 1.1 (one pod CIDR of each other cluster, no annotations ' +
        'of gateway Services), 1.2 from version 1.2 on. Absent while that cannot be told.',
    },
    namespace: { ...namespaceName, description: "Where Liqo's own objects are, the default templates among them." },
  },
} as const satisfies StructuralSchema;

/** The gateway templates on a leaf: `status.templates` of a LeafCluster. */
export const leafTemplates = {
  type: 'array',
  maxItems: 64,
  'x-kubernetes-list-type': 'atomic',
  description:
    'The templates that Liqo makes gateways from. Absent where there are none to speak of: with the Leafway agent, ' +
    'when they may not be read, or when there are too many.',
  items: {
    type: 'object',
    description: 'One template.',
    required: ['kind', 'namespace', 'name', 'forwards'],
    properties: {
      kind: {
        type: 'string',
        enum: ['WgGatewayServerTemplate', 'WgGatewayClientTemplate'],
        description: 'Whether gateway servers or clients are made from it.',
      },
      namespace: { ...namespaceName, description: 'Its namespace.' },
      name: { ...objectName, description: 'Its name.' },
      forwards: {
        type: 'array',
        maxItems: 8,
        'x-kubernetes-list-type': 'set',
        description: 'Which wishes for a gateway the template passes on to what is made from it.',
        items: {
          type: 'string',
          enum: ['address', 'loadBalancerIP', 'mtu', 'nodePort', 'port'],
          description: 'A field of spec.gateway, or of its service or client.',
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** What the controller may not do on a leaf: `status.missingPermissions` of a LeafCluster. */
export const missingPermissions = {
  type: 'array',
  maxItems: 256,
  'x-kubernetes-list-type': 'atomic',
  description:
    'What the controller may not do on the leaf cluster and needs to, verb by verb. Absent while that is not known.',
  items: {
    type: 'object',
    description: 'One verb on all objects of a kind.',
    required: ['verb', 'group', 'resource'],
    properties: {
      verb: { type: 'string', maxLength: 64, description: 'The verb, for example create.' },
      group: { type: 'string', maxLength: 253, description: 'API group of the resource; empty for the core group.' },
      resource: { type: 'string', maxLength: 253, description: 'The resource, in the plural.' },
      namespace: { ...namespaceName, description: 'Only there; everywhere without it.' },
    },
  },
} as const satisfies StructuralSchema;
