import type { PodName } from '../plan/networks.ts';

/** The names of the lab's network namespaces. A dot is in no cluster ID, so no two pairs share a gateway's name. */
export const uplinkNamespace = 'inet';
export const uplinkBridge = 'wan0br';

/** Names of the namespaces of one cluster. */
export function nodeNamespace(cluster: string): string {
  return `node-${cluster}`;
}

export function podNamespace(cluster: string, pod: PodName): string {
  return `pod-${cluster}-${pod}`;
}

/** The agent appends the ID of the remote cluster. */
export function gatewayNamespacePrefix(cluster: string): string {
  return `gw-${cluster}.`;
}

/** The device of a pod in its node's namespace; no cluster ID has an underscore, so no gateway's device is called so. */
export function podDevice(pod: PodName): string {
  return `${podDevicePrefix}${pod}`;
}

export const podDevicePrefix = 'pod_';
