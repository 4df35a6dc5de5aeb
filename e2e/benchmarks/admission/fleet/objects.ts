import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { type FleetSize, leafID, linkOf, linksOfLeaf, namesAt, shortcutName, uidOf } from '../../fleet/shape.ts';

const time = '2026-01-01T12:00:00Z';
const ranges = { pod: '10.244.0.0/16', external: '10.70.0.0/16', service: '10.96.0.0/12', internal: '10.80.0.0/16' };

/** A LeafCluster as the controller keeps it: facts gathered, every name of a peer's range among the networks in use. */
export function leafOf(leaf: number, size: FleetSize): LeafCluster {
  const id = leafID(leaf);
  const links = linksOfLeaf(leaf, size);
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name: id, uid: uidOf(1, leaf), resourceVersion: '1000', generation: 1, creationTimestamp: time },
    spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `leaf-${id}`, key: 'kubeconfig' }, gateway: {} },
    status: {
      observedGeneration: 1,
      conditions: ['Reachable', 'Ready'].map((type) => condition(type, 'Known', `${id} answers`)),
      dataPlane: { kind: 'Leafway', version: '0.1.0' },
      identity: { uid: uidOf(2, leaf) },
      networks: {
        pod: [ranges.pod],
        external: [ranges.external],
        service: [ranges.service],
        internal: [ranges.internal],
        inUse: [
          ...Object.entries(ranges).map(([use, cidr]) => ({ cidr, owner: `${use} CIDR` })),
          ...links.flatMap(({ peer, place }) => namesOf(leafID(peer), place)),
        ],
      },
      gateways: links.map(({ peer, place }) => ({
        remoteClusterID: leafID(peer),
        role: place % 2 === 0 ? ('Server' as const) : ('Client' as const),
      })),
    },
  };
}

function namesOf(remoteClusterID: string, place: number) {
  return (['pod', 'external'] as const).map((use) => ({
    cidr: namesAt(place)[use],
    owner: `name of ${remoteClusterID}'s ${use} range ${ranges[use]}`,
    remoteClusterID,
    real: ranges[use],
  }));
}

/** A shortcut as the API server keeps it: defaults filled in, Ready, with the records of who wrote which fields. */
export function shortcutOf(number: number, size: FleetSize): VirtualNodeShortcut {
  const { a, b, step } = linkOf(number, size);
  const ends = [
    { id: leafID(a), peer: leafID(b), role: 'Server', seenAs: namesAt(2 * (step - 1) + 1) },
    { id: leafID(b), peer: leafID(a), role: 'Client', seenAs: namesAt(2 * (step - 1)) },
  ] as const;
  return {
    ...bareShortcut(shortcutName(number), [leafID(a), leafID(b)]),
    metadata: {
      name: shortcutName(number),
      uid: uidOf(3, number),
      resourceVersion: String(10_000 + number),
      generation: 1,
      creationTimestamp: time,
      finalizers: ['leafway.dev/links'],
      managedFields: [...managedFields.spec, ...managedFields.status],
    },
    status: {
      observedGeneration: 1,
      phase: 'Ready',
      conditions: conditionsOf(ends[0].id, ends[1].id),
      clusters: ends.map(({ id, peer, role, seenAs }) => ({
        id,
        role,
        roleReason: 'it comes first in the order of the names',
        podCIDRs: [ranges.pod],
        remappedPodCIDRs: [seenAs.pod],
        externalCIDRs: [ranges.external],
        remappedExternalCIDRs: [seenAs.external],
        gateway: { namespace: `liqo-tenant-${peer}`, name: peer, endpoint: `192.0.2.${a % 250}:51840` },
        connection: { status: 'Connected', latency: '1.204ms' },
      })),
      objects: ends.flatMap(({ id, peer, role }, end) =>
        ['Namespace', 'Configuration', `Gateway${role}`, 'PublicKey'].map((kind, index) => ({
          cluster: id,
          apiVersion: kind === 'Namespace' ? 'v1' : 'networking.liqo.io/v1beta1',
          kind,
          ...(kind === 'Namespace' ? {} : { namespace: `liqo-tenant-${peer}` }),
          name: kind === 'Namespace' ? `liqo-tenant-${peer}` : peer,
          uid: uidOf(10 + 4 * end + index, number),
          origin: 'Created' as const,
        })),
      ),
    },
  };
}

/** A new shortcut as it reaches the webhook: the API server has filled in the defaults. */
export function bareShortcut(name: string, [a, b]: readonly [string, string]): VirtualNodeShortcut {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name, generation: 1, creationTimestamp: time, managedFields: [...managedFields.spec] },
    spec: {
      clusters: [{ id: a }, { id: b }],
      gateway: { server: 'Auto', service: { type: 'LoadBalancer', port: 51840 }, mtu: 1340 },
      ipMapping: { policy: 'Auto' },
      existing: 'Refuse',
      deletionPolicy: 'Disconnect',
      paused: false,
    },
  };
}

function condition(type: string, reason: string, message: string) {
  return { type, status: 'True' as const, reason, message, lastTransitionTime: time, observedGeneration: 1 };
}

function conditionsOf(a: string, b: string) {
  return [
    condition('Accepted', 'Accepted', `the link of ${a} and ${b} can be made`),
    condition('LeavesReachable', 'Reachable', 'both clusters answer'),
    condition('NetworkConfigured', 'Configured', 'both clusters have named the ranges of the other'),
    condition('GatewaysReady', 'Ready', 'both gateways are ready'),
    condition('KeysExchanged', 'Exchanged', 'both gateways have the key of the other'),
    condition('Connected', 'Connected', 'both ends of the tunnel say that it is connected'),
    condition('Ready', 'Ready', 'traffic passes in both directions'),
  ];
}

const field = <T>(value: T) => ({ '.': {}, ...value });
const managedFields = {
  spec: [
    {
      manager: 'kubectl-create',
      operation: 'Update',
      apiVersion: 'leafway.dev/v1alpha1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:spec': field({
          'f:clusters': {},
          'f:deletionPolicy': {},
          'f:existing': {},
          'f:gateway': field({ 'f:mtu': {}, 'f:server': {}, 'f:service': field({ 'f:port': {}, 'f:type': {} }) }),
          'f:ipMapping': field({ 'f:policy': {} }),
          'f:paused': {},
        }),
      },
    },
  ],
  status: [
    {
      manager: 'leafway',
      operation: 'Apply',
      apiVersion: 'leafway.dev/v1alpha1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:status': {
          'f:clusters': {},
          'f:conditions': Object.fromEntries(
            [
              'Accepted',
              'LeavesReachable',
              'NetworkConfigured',
              'GatewaysReady',
              'KeysExchanged',
              'Connected',
              'Ready',
            ].map((type) => [
              `k:{"type":"${type}"}`,
              field({
                'f:lastTransitionTime': {},
                'f:message': {},
                'f:observedGeneration': {},
                'f:reason': {},
                'f:status': {},
                'f:type': {},
              }),
            ]),
          ),
          'f:objects': {},
          'f:observedGeneration': {},
          'f:phase': {},
        },
      },
      subresource: 'status',
    },
  ],
} as const;
