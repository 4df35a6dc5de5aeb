import type { CompleteFromSchema, FromSchema } from './from-schema.ts';
import { leafDataPlane, leafTemplates, missingPermissions } from './leaf-cluster-data-plane.ts';
import type { ObjectMeta } from './object-meta.ts';
import {
  cidr,
  cidrList,
  clusterId,
  conditions,
  dialAddress,
  kubeconfigSecretRef,
  objectIdentity,
  objectName,
  observedGeneration,
  port,
  uid,
} from './schema-fragments.ts';
import type { KindSchema, StructuralSchema } from './structural-schema.ts';

/** What an administrator says about a leaf: the `spec` of a LeafCluster. */
export const leafClusterSpecSchema = {
  type: 'object',
  description: 'How to reach the leaf cluster and what it may do.',
  required: ['kubeconfigSecretRef'],
  properties: {
    kubeconfigSecretRef: { ...kubeconfigSecretRef, description: 'Secret with a kubeconfig of the leaf cluster.' },
    gateway: {
      type: 'object',
      default: {},
      description: 'What holds for every gateway on this leaf cluster.',
      properties: {
        mayServe: {
          type: 'boolean',
          default: true,
          description: 'Whether other clusters can reach it, so that it may run gateway servers.',
        },
        address: {
          ...dialAddress,
          description: 'IP address or DNS name under which other clusters reach its gateway servers, as behind NAT.',
        },
      },
    },
  },
} as const satisfies StructuralSchema;

const networks = {
  type: 'object',
  description: 'The IP ranges of the leaf cluster.',
  required: ['pod', 'external'],
  properties: {
    pod: { ...cidrList, description: 'Pod CIDRs.' },
    external: {
      ...cidrList,
      description: 'External CIDRs: where Liqo gives addresses to what is outside the pod network.',
    },
    service: { ...cidrList, description: 'Service CIDRs.' },
    internal: { ...cidrList, description: "Internal CIDRs: Liqo's own addresses." },
    podAtCentre: {
      ...cidrList,
      description: 'What the central cluster calls the pod CIDRs, in their order. Absent while that is not known.',
    },
    inUse: {
      type: 'array',
      maxItems: 4096,
      'x-kubernetes-list-type': 'atomic',
      description: 'Every range that has a meaning on the leaf cluster already and cannot be used for another purpose.',
      items: {
        type: 'object',
        description: 'One range in use.',
        required: ['cidr', 'owner'],
        properties: {
          cidr,
          owner: { type: 'string', maxLength: 256, description: 'What it is used for, in words.' },
          remoteClusterID: { ...clusterId, description: 'The other cluster whose range this stands for, if any.' },
          real: { ...cidr, description: 'For a name of a range of another cluster: that range.' },
        },
      },
    },
  },
} as const satisfies StructuralSchema;

const pendingCleanup = {
  type: 'array',
  maxItems: 1024,
  'x-kubernetes-list-type': 'atomic',
  description:
    'Objects of deleted shortcuts that are still on the leaf cluster because it could not be reached. ' +
    'They are removed when it returns.',
  items: {
    type: 'object',
    description: 'One object to remove.',
    required: ['apiVersion', 'kind', 'name', 'uid', 'remoteClusterID', 'shortcut'],
    properties: {
      ...objectIdentity,
      uid: { ...uid, description: 'UID of the object; another object of the same name is left alone.' },
      remoteClusterID: { ...clusterId, description: 'The other cluster of the deleted shortcut.' },
      shortcut: {
        type: 'object',
        description: 'The deleted shortcut.',
        required: ['name', 'uid'],
        properties: {
          name: { ...objectName, description: 'Its name.' },
          uid: { ...uid, description: 'Its UID.' },
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** What was found out about a leaf: the `status` of a LeafCluster. */
export const leafClusterStatusSchema = {
  type: 'object',
  description: 'The facts about the leaf cluster. Written by the controller, read by the webhook.',
  properties: {
    observedGeneration: { ...observedGeneration, description: 'The metadata.generation that the facts belong to.' },
    conditions,
    dataPlane: leafDataPlane,
    identity: {
      type: 'object',
      description: 'Which cluster this is. Pinned at the first contact.',
      required: ['uid'],
      properties: {
        uid: { ...uid, description: 'UID of its namespace kube-system.' },
      },
    },
    credential: {
      type: 'object',
      description: 'What the controller logs in with on the leaf cluster.',
      properties: {
        expiresAt: {
          type: 'string',
          format: 'date-time',
          maxLength: 64,
          description: 'When it is of no use any more. Absent when it does not expire, or does not say so.',
        },
      },
    },
    missingPermissions,
    networks,
    templates: leafTemplates,
    gateways: {
      type: 'array',
      maxItems: 1024,
      'x-kubernetes-list-type': 'atomic',
      description: 'The gateways that run on the leaf cluster.',
      items: {
        type: 'object',
        description: 'One gateway.',
        required: ['remoteClusterID', 'role'],
        properties: {
          remoteClusterID: { ...clusterId, description: 'The cluster at the other end.' },
          role: { type: 'string', enum: ['Server', 'Client'], description: 'Which end this is.' },
          port: { ...port, description: 'UDP port of a server.' },
        },
      },
    },
    pendingCleanup,
  },
} as const satisfies StructuralSchema;

/** The whole kind: what the central cluster knows of one leaf cluster. */
export const leafClusterSchema = {
  type: 'object',
  description: 'A LeafCluster is what the central cluster knows of one leaf cluster. Its name is the cluster ID.',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string', maxLength: 128, description: 'leafway.dev/v1alpha1' },
    kind: { type: 'string', maxLength: 63, description: 'LeafCluster' },
    metadata: {
      type: 'object',
      properties: { name: { ...clusterId, description: 'Liqo cluster ID of the leaf cluster.' } },
    },
    spec: leafClusterSpecSchema,
    status: leafClusterStatusSchema,
  },
} as const satisfies KindSchema;

/** The spec as an administrator writes it. */
export type LeafClusterSpec = FromSchema<typeof leafClusterSpecSchema>;

/** The spec with all defaults filled in. */
export type CompleteLeafClusterSpec = CompleteFromSchema<typeof leafClusterSpecSchema>;

/** The facts that the controller gathered. */
export type LeafClusterStatus = FromSchema<typeof leafClusterStatusSchema>;

/** What the central cluster knows of one leaf cluster. */
export interface LeafCluster {
  apiVersion: 'leafway.dev/v1alpha1';
  kind: 'LeafCluster';
  metadata: ObjectMeta;
  spec: LeafClusterSpec;
  status?: LeafClusterStatus;
}
