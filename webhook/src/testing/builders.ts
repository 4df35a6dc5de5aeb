import {
  createFleetIndex,
  type LeafCluster,
  type LeafClusterSpec,
  type LeafClusterStatus,
  type ObjectMeta,
  type ShortcutSpec,
  type VirtualNodeShortcut,
} from '@leafway/core';
import type { AdmissionRequest } from '../admission/review.ts';
import { SecretUsers } from '../admission/secret-users.ts';
import type { World } from '../admission/world.ts';

/** A shortcut between rome and milan, created at noon, unless told otherwise. */
export function aShortcut({
  metadata,
  spec,
}: {
  metadata?: Partial<ObjectMeta>;
  spec?: Partial<ShortcutSpec>;
} = {}): VirtualNodeShortcut {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name: 'rome-milan', uid: 'uid-1', creationTimestamp: '2026-01-01T12:00:00Z', ...metadata },
    spec: { clusters: [{ id: 'rome' }, { id: 'milan' }], ...spec },
  };
}

/** A leaf run by the Leafway agent whose networks are known. */
export function aLeaf(
  name: string,
  { spec, status }: { spec?: Partial<LeafClusterSpec>; status?: LeafClusterStatus } = {},
): LeafCluster {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name, uid: `uid-${name}` },
    spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `${name}-kubeconfig` }, ...spec },
    status: {
      dataPlane: { kind: 'Leafway' },
      networks: {
        pod: ['10.244.0.0/16'],
        external: ['10.70.0.0/16'],
        inUse: [{ cidr: '10.244.0.0/16', owner: 'pod CIDR' }],
      },
      ...status,
    },
  };
}

/** A world with the leaves rome, milan and paris around the centre `central`, and no shortcut, unless told otherwise. */
export function aWorld({
  leaves = ['rome', 'milan', 'paris'].map((name) => aLeaf(name)),
  shortcuts = [],
  centralClusterID = 'central',
  now,
}: {
  leaves?: LeafCluster[];
  shortcuts?: VirtualNodeShortcut[];
  centralClusterID?: string | null;
  now?: Date;
} = {}): World {
  const fleet = createFleetIndex({
    centralClusterID: () => centralClusterID ?? undefined,
    ...(now === undefined ? {} : { now: () => now }),
  });
  const secrets = new SecretUsers();
  for (const leaf of leaves) {
    fleet.putLeaf(leaf);
    secrets.put(leaf);
  }
  for (const shortcut of shortcuts) fleet.putShortcut(shortcut);
  return {
    fleet,
    leafClustersOfSecret: (ref) => secrets.usersOf(ref),
    centralClusterID: centralClusterID ?? undefined,
  };
}

/** A request to create an object, unless told otherwise. */
export function aRequest(object: unknown, overrides: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const { kind = '', metadata } = (object ?? {}) as { kind?: string; metadata?: { name?: string } };
  return {
    uid: 'request-1',
    kind: { group: 'leafway.dev', version: 'v1alpha1', kind },
    operation: 'CREATE',
    name: metadata?.name ?? '',
    subResource: '',
    dryRun: false,
    object,
    oldObject: undefined,
    ...overrides,
  };
}

/** The same request as the API server sends it. */
export function aReview(request: AdmissionRequest): object {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
}
