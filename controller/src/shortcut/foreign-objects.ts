import { type LiqoResource, labelKeys, resources } from '@leafway/liqo';
import { isApiError, type KubeApi, type KubeObject } from '@leafway/reconciler';

const kind = (group: string, version: string, plural: string, name: string): LiqoResource => ({
  group,
  version,
  plural,
  kind: name,
  namespaced: true,
});

/** What an ordinary Liqo peering with a remote cluster has. */
const peeringKinds = [
  kind('authentication.liqo.io', 'v1beta1', 'tenants', 'Tenant'),
  kind('authentication.liqo.io', 'v1beta1', 'identities', 'Identity'),
  kind('authentication.liqo.io', 'v1beta1', 'resourceslices', 'ResourceSlice'),
  kind('offloading.liqo.io', 'v1beta1', 'virtualnodes', 'VirtualNode'),
] as const;

/**
 * What is looked for in a tenant namespace before it is deleted. Kinds that are not here are not seen; Secrets cannot
 * be among them, since the centre may not list them on a leaf.
 */
export const contentKinds: readonly LiqoResource[] = [
  kind('', 'v1', 'configmaps', 'ConfigMap'),
  kind('', 'v1', 'pods', 'Pod'),
  kind('', 'v1', 'services', 'Service'),
  kind('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  kind('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim'),
  kind('apps', 'v1', 'deployments', 'Deployment'),
  kind('apps', 'v1', 'statefulsets', 'StatefulSet'),
  kind('apps', 'v1', 'daemonsets', 'DaemonSet'),
  kind('apps', 'v1', 'replicasets', 'ReplicaSet'),
  kind('batch', 'v1', 'jobs', 'Job'),
  kind('batch', 'v1', 'cronjobs', 'CronJob'),
  kind('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  kind('rbac.authorization.k8s.io', 'v1', 'roles', 'Role'),
  kind('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding'),
  ...peeringKinds,
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
  resources.networks,
  resources.ips,
];

/** What every namespace has by itself. */
const givenByCluster = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);

/**
 * Whether a namespace holds anything besides what the cluster itself puts there. Objects with an owner do not count:
 * they go with it, and the owner counts itself. Where we may not look, we must assume so.
 */
export async function isUsedByOthers(api: KubeApi, namespace: string, signal: AbortSignal): Promise<boolean> {
  const uses = await Promise.all(
    contentKinds.map((type) =>
      any(api, type, { namespace, signal }, ({ metadata }) => {
        const isOwned = (metadata.ownerReferences ?? []).length > 0;
        return (
          !isOwned && metadata.deletionTimestamp === undefined && !givenByCluster.has(`${type.kind} ${metadata.name}`)
        );
      }),
    ),
  );
  return uses.includes(true);
}

/** Whether a cluster is also peered with that remote in the ordinary way, which needs the same Configuration. */
export function hasPeering(api: KubeApi, remoteClusterID: string, signal: AbortSignal): Promise<boolean> {
  return knows(api, remoteClusterID, peeringKinds, signal);
}

/** The same, and whether it has any object of a link with that remote, in whatever namespace. */
export function isKnownOtherwise(api: KubeApi, remoteClusterID: string, signal: AbortSignal): Promise<boolean> {
  const { configurations, gatewayServers, gatewayClients } = resources;
  return knows(api, remoteClusterID, [...peeringKinds, configurations, gatewayServers, gatewayClients], signal);
}

async function knows(
  api: KubeApi,
  remoteClusterID: string,
  types: readonly LiqoResource[],
  signal: AbortSignal,
): Promise<boolean> {
  const labelSelector = `${labelKeys.remoteClusterID}=${remoteClusterID}`;
  const found = await Promise.all(types.map((type) => any(api, type, { labelSelector, signal }, () => true)));
  return found.includes(true);
}

async function any(
  api: KubeApi,
  type: LiqoResource,
  options: Parameters<KubeApi['list']>[1],
  counts: (object: KubeObject) => boolean,
): Promise<boolean> {
  try {
    return (await api.list<KubeObject>(type, options)).items.some(counts);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return false; // This cluster does not have that kind.
    if (isApiError(error, 'Forbidden')) return true;
    throw error;
  }
}
