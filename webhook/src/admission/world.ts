import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';

/** What an admission may look at besides the object itself. All of it is in memory: no admission makes a call. */
export interface World {
  leafCluster(id: string): LeafCluster | undefined;
  /** The shortcuts that link these two clusters, in either order. */
  shortcutsOfPair(a: string, b: string): readonly VirtualNodeShortcut[];
  /** The shortcuts that ask for a node port and have this cluster as one of their ends. */
  shortcutsWithNodePort(clusterID: string): readonly VirtualNodeShortcut[];
  /** The LeafClusters whose kubeconfig is this key of this Secret. */
  leafClustersOfSecret(ref: SecretKey): readonly LeafCluster[];
  /** The central cluster's own ID; `undefined` when nothing tells it. */
  readonly centralClusterID: string | undefined;
}

/** One key of one Secret. */
export interface SecretKey {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}
