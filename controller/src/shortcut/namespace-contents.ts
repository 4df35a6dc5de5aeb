import { type LiqoResource, resources } from '@leafway/liqo';
import { isApiError, type KubeApi, type KubeObject } from '@leafway/reconciler';

const core = (plural: string, kind: string): LiqoResource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});
const apps = (plural: string, kind: string): LiqoResource => ({ ...core(plural, kind), group: 'apps' });
const authentication = (plural: string, kind: string): LiqoResource => ({
  ...core(plural, kind),
  group: 'authentication.liqo.io',
  version: 'v1beta1',
});

/**
 * The kinds that are looked for in a tenant namespace before it is deleted. Secrets cannot be among them: the centre
 * may not list them on a leaf.
 */
const kinds: readonly LiqoResource[] = [
  core('configmaps', 'ConfigMap'),
  core('pods', 'Pod'),
  core('services', 'Service'),
  core('serviceaccounts', 'ServiceAccount'),
  core('persistentvolumeclaims', 'PersistentVolumeClaim'),
  apps('deployments', 'Deployment'),
  apps('statefulsets', 'StatefulSet'),
  apps('daemonsets', 'DaemonSet'),
  { ...core('jobs', 'Job'), group: 'batch' },
  authentication('tenants', 'Tenant'),
  authentication('identities', 'Identity'),
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
 * What is in a namespace besides what the cluster itself puts there, as `Kind name`. Objects with an owner do not
 * count: they go with it, and the owner counts itself.
 */
export async function namespaceContents(api: KubeApi, namespace: string, signal: AbortSignal): Promise<string[]> {
  const lists = await Promise.all(kinds.map((kind) => independentObjects(api, kind, namespace, signal)));
  return lists.flat().filter((found) => !givenByCluster.has(found));
}

async function independentObjects(
  api: KubeApi,
  kind: LiqoResource,
  namespace: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { items } = await api.list<KubeObject>(kind, { namespace, signal });
    return items
      .filter(
        ({ metadata }) => metadata.deletionTimestamp === undefined && (metadata.ownerReferences ?? []).length === 0,
      )
      .map(({ metadata }) => `${kind.kind} ${metadata.name}`);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return []; // This cluster does not have that kind.
    throw error;
  }
}
