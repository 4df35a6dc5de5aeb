import { clusterIDConfigMapLabel, labelKeys } from '../api/labels.ts';
import type { ConfigMap, LiqoObject } from '../api/types.ts';

/** True for a DNS label that also fits behind `liqo-tenant-` in the name of a namespace. */
export function isClusterID(text: string): boolean {
  return text.length <= 51 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** The cluster's ID from its ConfigMap; `undefined` when it is another ConfigMap or malformed. */
export function clusterIDOf(configMap: ConfigMap): string | undefined {
  if (configMap.metadata.labels?.[labelKeys.appName] !== clusterIDConfigMapLabel) return undefined;
  return clusterIDOrNothing(configMap.data?.CLUSTER_ID);
}

/** The cluster that an object of a link is about; `undefined` when the label is missing or holds no cluster ID. */
export function remoteClusterIDOf(object: LiqoObject): string | undefined {
  return clusterIDOrNothing(object.metadata.labels?.[labelKeys.remoteClusterID]);
}

function clusterIDOrNothing(text: string | undefined): string | undefined {
  return text !== undefined && isClusterID(text) ? text : undefined;
}
