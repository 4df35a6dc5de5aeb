import type { Identity } from '../api/types.ts';
import { isClusterID } from './cluster-id.ts';

/** How the control plane of another cluster is reached. */
export interface ControlPlaneIdentity {
  readonly clusterID: string;
  /** The Secret with the kubeconfig, in the namespace of the Identity. */
  readonly kubeconfigSecretRef: { readonly namespace: string; readonly name: string };
}

/**
 * What an Identity says of another cluster's control plane; `undefined` for one of another type, for one whose kubeconfig
 * is not there yet, and for one that names no cluster as Liqo does.
 */
export function readControlPlaneIdentity({ metadata, spec, status }: Identity): ControlPlaneIdentity | undefined {
  const { namespace } = metadata;
  const { clusterID } = spec ?? {};
  const name = status?.kubeconfigSecretRef?.name;
  if (spec?.type !== 'ControlPlane' || clusterID === undefined || !isClusterID(clusterID)) return undefined;
  if (namespace === undefined || name === undefined || name === '') return undefined;
  return { clusterID, kubeconfigSecretRef: { namespace, name } };
}
