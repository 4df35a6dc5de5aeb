import type { FleetIndex } from '@leafway/core';

/** What an admission may look at besides the object itself. All of it is in memory: no admission makes a call. */
export interface World {
  /** All shortcuts and leaves. */
  readonly fleet: Pick<FleetIndex, 'review'>;
  /** The names of the LeafClusters whose kubeconfig is this key of this Secret. */
  leafClustersOfSecret(ref: SecretKey): readonly string[];
  /** The central cluster's own ID; `undefined` when nothing tells it. */
  readonly centralClusterID: string | undefined;
}

/** One key of one Secret. */
export interface SecretKey {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}
