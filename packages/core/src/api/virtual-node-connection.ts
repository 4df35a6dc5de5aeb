import { connectionStatusFields } from './connection-status.ts';
import type { FromSchema } from './from-schema.ts';
import type { ObjectMeta } from './object-meta.ts';
import { clusterId } from './schema-fragments.ts';
import type { KindSchema, StructuralSchema } from './structural-schema.ts';

const unread = {
  type: 'string',
  maxLength: 253,
  description: 'Has no effect, as in the Foreign Cluster Connector: the credentials are those of the LeafCluster.',
} as const;

/** What a user asks for: the `spec` of a VirtualNodeConnection. */
export const virtualNodeConnectionSpecSchema = {
  type: 'object',
  description: 'The link that is wanted.',
  required: ['virtualNodeA', 'virtualNodeB'],
  properties: {
    virtualNodeA: { ...clusterId, description: 'Liqo cluster ID of the first cluster: its gateway is the client.' },
    kubeconfigA: unread,
    virtualNodeB: { ...clusterId, description: 'Liqo cluster ID of the second cluster: its gateway is the server.' },
    kubeconfigB: unread,
  },
  'x-kubernetes-validations': [
    {
      rule: 'self.virtualNodeA != self.virtualNodeB',
      fieldPath: '.virtualNodeB',
      message: 'is the same cluster as virtualNodeA: a link is between two different leaf clusters',
    },
  ],
} as const satisfies StructuralSchema;

/** What is there: the `status` of a VirtualNodeConnection. */
export const virtualNodeConnectionStatusSchema = {
  type: 'object',
  description: 'The link as it is. Written by the controller.',
  required: ['isConnected'],
  properties: connectionStatusFields,
} as const satisfies StructuralSchema;

/** The whole kind: the first form of the Foreign Cluster Connector's link. */
export const virtualNodeConnectionSchema = {
  type: 'object',
  description:
    'A VirtualNodeConnection is a direct link in the first form that the Foreign Cluster Connector had for it. ' +
    'It is carried out by a VirtualNodeShortcut.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string', maxLength: 128, description: 'networking.liqo.io/v1beta1' },
    kind: { type: 'string', maxLength: 63, description: 'VirtualNodeConnection' },
    metadata: { type: 'object' },
    spec: virtualNodeConnectionSpecSchema,
    status: virtualNodeConnectionStatusSchema,
  },
} as const satisfies KindSchema;

/** The spec as a user writes it. */
export type VirtualNodeConnectionSpec = FromSchema<typeof virtualNodeConnectionSpecSchema>;

/** The state that the controller reports. */
export type VirtualNodeConnectionStatus = FromSchema<typeof virtualNodeConnectionStatusSchema>;

/** A direct link in the first form of the Foreign Cluster Connector. */
export interface VirtualNodeConnection {
  apiVersion: 'networking.liqo.io/v1beta1';
  kind: 'VirtualNodeConnection';
  metadata: ObjectMeta;
  spec: VirtualNodeConnectionSpec;
  status?: VirtualNodeConnectionStatus;
}
