import type { CompleteFromSchema, FromSchema } from './from-schema.ts';
import type { ObjectMeta } from './object-meta.ts';
import {
  cidrList,
  clusterId,
  conditions,
  namespaceName,
  objectIdentity,
  objectName,
  observedGeneration,
  uid,
} from './schema-fragments.ts';
import type { KindSchema, StructuralSchema } from './structural-schema.ts';
import { shortcutSpecSchema } from './virtual-node-shortcut-spec.ts';

const clusterStatus = {
  type: 'object',
  description: 'One end of the link.',
  required: ['id'],
  properties: {
    id: { ...clusterId, description: 'The cluster.' },
    role: { type: 'string', enum: ['Server', 'Client'], description: 'Which gateway runs on this cluster.' },
    roleReason: { type: 'string', maxLength: 512, description: 'Why it has this role.' },
    podCIDRs: { ...cidrList, description: 'The ranges of its own pods.' },
    remappedPodCIDRs: { ...cidrList, description: "Under which ranges the other side sees this cluster's pods." },
    externalCIDRs: { ...cidrList, description: 'Its own external ranges.' },
    remappedExternalCIDRs: { ...cidrList, description: 'Under which ranges the other side sees its external ranges.' },
    gateway: {
      type: 'object',
      description: 'The gateway on this cluster.',
      required: ['namespace', 'name'],
      properties: {
        namespace: { ...namespaceName, description: 'Namespace of the gateway object.' },
        name: { ...objectName, description: 'Name of the gateway object.' },
        endpoint: {
          type: 'string',
          maxLength: 260,
          description: 'Address and port: on the server the one it listens at, on the client the one it dials.',
        },
      },
    },
    connection: {
      type: 'object',
      description: "What this side's Connection says.",
      properties: {
        status: { type: 'string', maxLength: 64, description: 'Connected, Connecting or Error.' },
        latency: {
          type: 'string',
          maxLength: 32,
          description:
            'Round-trip time when the state last changed; the live value stands in the Connection on the leaf.',
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** What is there: the `status` of a VirtualNodeShortcut. */
export const shortcutStatusSchema = {
  type: 'object',
  description: 'The link as it is. Written by the controller.',
  properties: {
    observedGeneration: { ...observedGeneration, description: 'The metadata.generation that was last carried out.' },
    phase: { type: 'string', maxLength: 64, description: 'The state in one word, for people.' },
    conditions,
    lastRepair: {
      type: 'object',
      description: 'The last change of an object of this link by somebody else that was undone.',
      required: ['time', 'cluster', 'kind', 'name', 'message'],
      properties: {
        time: { type: 'string', format: 'date-time', maxLength: 64, description: 'When it was undone.' },
        cluster: { ...clusterId, description: 'The cluster that the object is on.' },
        kind: { type: 'string', maxLength: 63, description: 'Kind of the object.' },
        namespace: { ...namespaceName, description: 'Namespace of the object.' },
        name: { ...objectName, description: 'Name of the object.' },
        fieldManager: {
          type: 'string',
          maxLength: 128,
          description:
            'The field manager that had changed it. Absent where the cluster does not tell, as of what was deleted.',
        },
        message: { type: 'string', maxLength: 1024, description: 'What had happened to it, for people.' },
      },
    },
    keyRotation: {
      type: 'object',
      description: 'What became of the keys of the two gateways.',
      properties: {
        lastTime: {
          type: 'string',
          format: 'date-time',
          maxLength: 64,
          description: 'When both gateways had other keys than before for the last time; absent before the first time.',
        },
        nextTime: {
          type: 'string',
          format: 'date-time',
          maxLength: 64,
          description: 'When their keys are as old as spec.gateway.keyRotation.interval allows.',
        },
        request: {
          type: 'string',
          maxLength: 256,
          description: 'The value of the annotation leafway.dev/rotate-keys that was carried out last.',
        },
        message: {
          type: 'string',
          maxLength: 1024,
          description: 'What keeps keys that are due from being rotated, or what is being done, for people.',
        },
      },
    },
    clusters: {
      type: 'array',
      maxItems: 2,
      'x-kubernetes-list-type': 'atomic',
      description: 'The two ends of the link, in the order of spec.clusters.',
      items: clusterStatus,
    },
    objects: {
      type: 'array',
      maxItems: 64,
      'x-kubernetes-list-type': 'atomic',
      description: 'Everything on the two clusters that belongs to this link.',
      items: {
        type: 'object',
        description: 'One object on one of the two clusters.',
        required: ['cluster', 'apiVersion', 'kind', 'name', 'origin'],
        properties: {
          cluster: { ...clusterId, description: 'The cluster that it is on.' },
          ...objectIdentity,
          uid: { ...uid, description: 'UID of the object.' },
          origin: {
            type: 'string',
            enum: ['Created', 'Adopted', 'Observed'],
            description:
              'Created for this link, Adopted by it, or only Observed. Deleting never touches what is Observed. ' +
              'So far it is always Created.',
          },
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** The whole kind: one direct link between two leaf clusters. */
export const virtualNodeShortcutSchema = {
  type: 'object',
  description:
    'A VirtualNodeShortcut is one direct link between two leaf clusters: traffic between their pods bypasses the central cluster.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string', maxLength: 128, description: 'leafway.dev/v1alpha1' },
    kind: { type: 'string', maxLength: 63, description: 'VirtualNodeShortcut' },
    metadata: { type: 'object' },
    spec: shortcutSpecSchema,
    status: shortcutStatusSchema,
  },
} as const satisfies KindSchema;

/** The spec as a user writes it: what has a default may be absent. */
export type ShortcutSpec = FromSchema<typeof shortcutSpecSchema>;

/** The spec with all defaults filled in, as the API server stores it. */
export type CompleteShortcutSpec = CompleteFromSchema<typeof shortcutSpecSchema>;

/** The state that the controller reports. */
export type ShortcutStatus = FromSchema<typeof shortcutStatusSchema>;

/** One end of the link in the status. */
export type ShortcutClusterStatus = FromSchema<typeof clusterStatus>;

/** One direct link between two leaf clusters. */
export interface VirtualNodeShortcut {
  apiVersion: 'leafway.dev/v1alpha1';
  kind: 'VirtualNodeShortcut';
  metadata: ObjectMeta;
  spec: ShortcutSpec;
  status?: ShortcutStatus;
}
