import { foreignClusterConnectionSchema } from './foreign-cluster-connection.ts';
import { compatibilityKinds, kinds } from './kinds.ts';
import { leafClusterSchema } from './leaf-cluster.ts';
import type { KindSchema } from './structural-schema.ts';
import { virtualNodeConnectionSchema } from './virtual-node-connection.ts';
import { virtualNodeShortcutSchema } from './virtual-node-shortcut.ts';

/** A column of `kubectl get`; those of priority 1 are shown with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date' | 'boolean';
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: 1;
}

/** A CustomResourceDefinition as it is sent to the API server. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly [
      {
        readonly name: string;
        readonly served: true;
        readonly storage: true;
        readonly subresources: { readonly status: Readonly<Record<string, never>> };
        readonly additionalPrinterColumns: readonly PrinterColumn[];
        readonly schema: { readonly openAPIV3Schema: KindSchema };
      },
    ];
  };
}

const message: PrinterColumn = {
  name: 'Message',
  type: 'string',
  jsonPath: '.status.conditions[?(@.type=="Ready")].message',
  description: 'Why it is ready or not.',
  priority: 1,
};

const shortcutColumns: readonly PrinterColumn[] = [
  { name: 'A', type: 'string', jsonPath: '.spec.clusters[0].id', description: 'The first cluster.' },
  { name: 'B', type: 'string', jsonPath: '.spec.clusters[1].id', description: 'The second cluster.' },
  {
    name: 'Server',
    type: 'string',
    jsonPath: '.status.clusters[?(@.role=="Server")].id',
    description: 'The cluster that runs the gateway server.',
  },
  {
    name: 'A-Seen-As',
    type: 'string',
    jsonPath: '.status.clusters[0].remappedPodCIDRs[*]',
    description: "The range under which the second cluster sees the first one's pods.",
  },
  {
    name: 'B-Seen-As',
    type: 'string',
    jsonPath: '.status.clusters[1].remappedPodCIDRs[*]',
    description: "The range under which the first cluster sees the second one's pods.",
  },
  { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'The state in one word.' },
  {
    name: 'Latency',
    type: 'string',
    jsonPath: '.status.clusters[0].connection.latency',
    description: 'Round-trip time between the two gateways.',
  },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  message,
];

const leafClusterColumns: readonly PrinterColumn[] = [
  {
    name: 'Ready',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].status',
    description: 'Whether it can be linked.',
  },
  {
    name: 'Reason',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
    description: 'Why it can, or cannot.',
  },
  { name: 'Data-Plane', type: 'string', jsonPath: '.status.dataPlane.kind', description: 'What runs the tunnels.' },
  { name: 'Pod-CIDR', type: 'string', jsonPath: '.status.networks.pod[*]', description: 'Its own pod range.' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  {
    name: 'External-CIDR',
    type: 'string',
    jsonPath: '.status.networks.external[*]',
    description: 'Its own external range.',
    priority: 1,
  },
  {
    name: 'Version',
    type: 'string',
    jsonPath: '.status.dataPlane.version',
    description: 'The version of its data plane.',
    priority: 1,
  },
  {
    name: 'Credential-Until',
    type: 'string',
    jsonPath: '.status.credential.expiresAt',
    description: 'When the credential for it expires.',
    priority: 1,
  },
  message,
];

const connected: PrinterColumn = {
  name: 'Connected',
  type: 'boolean',
  jsonPath: '.status.isConnected',
  description: 'Whether packets pass.',
};

const connectionPhase: PrinterColumn = {
  name: 'Phase',
  type: 'string',
  jsonPath: '.status.phase',
  description: 'The state in one word.',
};

const foreignClusterConnectionColumns: readonly PrinterColumn[] = [
  { name: 'ClusterA', type: 'string', jsonPath: '.spec.foreignClusterA', description: 'The first cluster.' },
  { name: 'ClusterB', type: 'string', jsonPath: '.spec.foreignClusterB', description: 'The second cluster.' },
  connected,
  connectionPhase,
  {
    name: 'A-CIDR',
    type: 'string',
    jsonPath: '.status.foreignClusterANetworking.remappedPodCIDR',
    description: "The range under which the first cluster sees the second one's pods.",
  },
  {
    name: 'B-CIDR',
    type: 'string',
    jsonPath: '.status.foreignClusterBNetworking.remappedPodCIDR',
    description: "The range under which the second cluster sees the first one's pods.",
  },
  message,
];

const virtualNodeConnectionColumns: readonly PrinterColumn[] = [connectionPhase, connected, message];

interface Names {
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

function definition(
  { group, version, plural, kind, namespaced }: AnyKind,
  names: Names,
  columns: readonly PrinterColumn[],
  schema: KindSchema,
): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    // Uninstalling the chart must not delete every link of the fleet.
    metadata: { name: `${plural}.${group}`, annotations: { 'helm.sh/resource-policy': 'keep' } },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...names },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  };
}

type AnyKind = (typeof kinds)[keyof typeof kinds] | (typeof compatibilityKinds)[keyof typeof compatibilityKinds];

const categories = ['leafway'];

/** The CustomResourceDefinitions of all our kinds, ready to be created on the central cluster. */
export const customResourceDefinitions: readonly CustomResourceDefinition[] = [
  definition(kinds.shortcuts, { shortNames: ['vns'], categories }, shortcutColumns, virtualNodeShortcutSchema),
  definition(kinds.leafClusters, { shortNames: ['leaf'], categories }, leafClusterColumns, leafClusterSchema),
];

const categoriesBefore = ['liqo', 'leafway'];

/**
 * The CustomResourceDefinitions of `compatibilityKinds`. They have the names of the Foreign Cluster Connector's own: a
 * cluster has those or these.
 */
export const compatibilityDefinitions: readonly CustomResourceDefinition[] = [
  definition(
    compatibilityKinds.foreignClusterConnections,
    { shortNames: ['fcc', 'fcconnection'], categories: categoriesBefore },
    foreignClusterConnectionColumns,
    foreignClusterConnectionSchema,
  ),
  definition(
    compatibilityKinds.virtualNodeConnections,
    { shortNames: ['vnc', 'vnconnection'], categories: categoriesBefore },
    virtualNodeConnectionColumns,
    virtualNodeConnectionSchema,
  ),
];
