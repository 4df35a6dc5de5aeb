import { type LiqoObject, remoteClusterIDOf, resources } from '@leafway/liqo';
import { isApiError, type KubeApi } from '@leafway/reconciler';
import { isKnownOtherwise } from './foreign-objects.ts';

interface ForeignCluster extends LiqoObject {
  readonly status?: {
    readonly modules?: {
      readonly authentication?: { readonly enabled?: boolean };
      readonly offloading?: { readonly enabled?: boolean };
    };
  };
}

/**
 * Removes the ForeignCluster that Liqo made because of a link, when the link's namespace is about to go. Liqo makes one when
 * it sees the first object for another cluster, and never removes one (section 1.6 of its contract). One that is older than the
 * namespace, or that says or that other objects say that the clusters are peered, is not ours. A leaf that lets us not, or that
 * has no such kind, keeps what it has.
 */
export async function removeForeignCluster(api: KubeApi, namespace: LiqoObject, signal: AbortSignal): Promise<void> {
  const name = remoteClusterIDOf(namespace);
  if (name === undefined) return;
  try {
    const found = await api.get<ForeignCluster>(resources.foreignClusters, { name }, signal);
    if (found === undefined || isOlder(found, namespace) || isPeered(found)) return;
    if (await isKnownOtherwise(api, name, signal)) return;
    await api.delete(resources.foreignClusters, { name }, { uid: found.metadata.uid, signal });
  } catch (error) {
    const isTheirs = (['NotFound', 'Forbidden', 'Conflict'] as const).some((code) => isApiError(error, code));
    if (!isTheirs) throw error;
  }
}

/** By the clock of one server, which counts in seconds. */
function isOlder(found: ForeignCluster, namespace: LiqoObject): boolean {
  const [made, since] = [found, namespace].map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''));
  return !((made ?? Number.NaN) >= (since ?? Number.NaN));
}

const isPeered = ({ status: { modules } = {} }: ForeignCluster): boolean =>
  modules?.authentication?.enabled === true || modules?.offloading?.enabled === true;
