import { type Condition, kinds, type LeafCluster, type ShortcutStatus, type VirtualNodeShortcut } from '@leafway/core';
import type { FakeKubeApi } from '@leafway/reconciler/testing';

/** A leaf whose networks are known and whose API server answers. */
export function aLeaf(name: string, status: LeafCluster['status'] = {}): LeafCluster {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name },
    spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `leaf-${name}` } },
    status: {
      dataPlane: { kind: 'Leafway' },
      conditions: [aCondition('Reachable', 'True'), aCondition('Ready', 'True')],
      networks: {
        pod: ['10.244.0.0/16'],
        external: ['10.70.0.0/16'],
        inUse: [
          { cidr: '10.244.0.0/16', owner: 'pod CIDR' },
          { cidr: '10.70.0.0/16', owner: 'external CIDR' },
        ],
      },
      ...status,
    },
  };
}

/** A shortcut as the controller left it. */
export function aShortcut(
  name: string,
  [a, b]: readonly [string, string],
  status?: ShortcutStatus,
): VirtualNodeShortcut {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name },
    spec: { clusters: [{ id: a }, { id: b }] },
    ...(status === undefined ? {} : { status }),
  };
}

export function aCondition(type: string, status: Condition['status'], message = `${type} is ${status}.`): Condition {
  const reason = status === 'True' ? type : 'Waiting';
  return { type, status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
}

/** The status of a link that carries packets. */
export function readyStatus([a, b]: readonly [string, string]): ShortcutStatus {
  return {
    observedGeneration: 1,
    phase: 'Ready',
    conditions: [aCondition('Accepted', 'True'), aCondition('Connected', 'True'), aCondition('Ready', 'True')],
    clusters: [end(a, 'Server', '10.71.0.0/16'), end(b, 'Client', '10.69.0.0/16')],
  };
}

function end(id: string, role: 'Server' | 'Client', name: string): NonNullable<ShortcutStatus['clusters']>[number] {
  return {
    id,
    role,
    roleReason: 'both can',
    podCIDRs: ['10.244.0.0/16'],
    remappedPodCIDRs: [name],
    externalCIDRs: ['10.70.0.0/16'],
    remappedExternalCIDRs: ['10.68.0.0/16'],
    connection: { status: 'Connected', latency: '1.2ms' },
  };
}

/** Puts leaves and shortcuts into a central cluster. */
export function seed(central: FakeKubeApi, objects: readonly (LeafCluster | VirtualNodeShortcut)[]): void {
  for (const object of objects) {
    if (object.kind === 'LeafCluster') central.seed(kinds.leafClusters, object);
    else central.seed(kinds.shortcuts, object);
  }
}
