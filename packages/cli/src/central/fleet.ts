import { kinds, type LeafCluster, pairKey, type VirtualNodeShortcut } from '@leafway/core';
import { type ConfigMap, clusterIDConfigMapLabel, clusterIDOf, labelKeys, resources } from '@leafway/liqo';
import { isApiError, type KubeApi } from '@leafway/reconciler';

/** What the central cluster knows of its leaves and their links. */
export interface Fleet {
  readonly shortcuts: readonly VirtualNodeShortcut[];
  readonly leaves: readonly LeafCluster[];
  /** The central cluster's own ID; `undefined` when nothing tells it, or this user may not see it. */
  readonly centralClusterID: string | undefined;
}

/** Where Liqo keeps the ConfigMap with a cluster's ID. */
const liqoNamespace = 'liqo';

/** Reads the whole fleet. Throws `ApiError`. */
export async function readFleet(api: KubeApi, signal: AbortSignal): Promise<Fleet> {
  const [shortcuts, leaves, centralClusterID] = await Promise.all([
    listShortcuts(api, signal),
    listLeaves(api, signal),
    readClusterID(api, signal),
  ]);
  return { shortcuts, leaves, centralClusterID };
}

/** All shortcuts. Throws `ApiError`. */
export async function listShortcuts(api: KubeApi, signal: AbortSignal): Promise<VirtualNodeShortcut[]> {
  return (await api.list<VirtualNodeShortcut>(kinds.shortcuts, { signal })).items;
}

/** All leaves. Throws `ApiError`. */
export async function listLeaves(api: KubeApi, signal: AbortSignal): Promise<LeafCluster[]> {
  return (await api.list<LeafCluster>(kinds.leafClusters, { signal })).items;
}

/** A cluster's own ID. Exactly one ConfigMap tells it; with several nobody knows which is right. */
export async function readClusterID(api: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  const labelSelector = `${labelKeys.appName}=${clusterIDConfigMapLabel}`;
  try {
    const options = { namespace: liqoNamespace, labelSelector, signal };
    const { items } = await api.list<ConfigMap>(resources.configMaps, options);
    const [first, ...others] = items;
    return first === undefined || others.length > 0 ? undefined : clusterIDOf(first);
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

/** The shortcuts of a pair of leaves in either order, the oldest first: it is the one that counts. */
export function shortcutsOfPair(
  shortcuts: readonly VirtualNodeShortcut[],
  [a, b]: readonly [string, string],
): VirtualNodeShortcut[] {
  const key = pairKey(a, b);
  return shortcuts
    .filter(({ spec: { clusters } }) => pairKey(clusters[0].id, clusters[1].id) === key)
    .sort((one, other) => (age(one) < age(other) ? -1 : 1));
}

const age = ({ metadata }: VirtualNodeShortcut): string => `${metadata.creationTimestamp ?? ''} ${metadata.uid ?? ''}`;
