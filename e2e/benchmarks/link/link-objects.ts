import { resources, tenantNamespaceName } from '@leafway/liqo';
import type { KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';
import { type Ends, withPeers } from './tenant-namespaces.ts';
import { type Sighting, waitForEvent } from './wait-for-event.ts';

/** Every kind that a link leaves in a tenant namespace: what the controller writes, and what the agent derives. */
const networkTypes: readonly ResourceType[] = [
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
  resources.secrets,
];

/** An object of a link as it was found, with what is needed to watch it from then on. */
export interface FoundObject {
  readonly api: KubeApi;
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** Of the collection, when the object was read. */
  readonly resourceVersion: string;
}

/** What there is of a link in the tenant namespaces of both leaves. */
export async function findNetworkObjects(ends: Ends): Promise<FoundObject[]> {
  const found = withPeers(ends).flatMap(([api, peer]) =>
    networkTypes.map(async (type) => {
      const { items, resourceVersion } = await api.list(type, { namespace: tenantNamespaceName(peer) });
      return items.map((object) => ({ api, type, object, resourceVersion }));
    }),
  );
  return (await Promise.all(found)).flat();
}

/** The tenant namespaces of a link on both leaves. */
export async function findTenantNamespaces(ends: Ends): Promise<FoundObject[]> {
  const type = resources.namespaces;
  const found = withPeers(ends).map(async ([api, peer]) => {
    const { items, resourceVersion } = await api.list(type, {
      fieldSelector: `metadata.name=${tenantNamespaceName(peer)}`,
    });
    return items.map((object) => ({ api, type, object, resourceVersion }));
  });
  return (await Promise.all(found)).flat();
}

/** Waits until that very object is gone. */
export function waitUntilGone(found: FoundObject, withinMs: number): Promise<Sighting<KubeObject>> {
  const { api, type, object, resourceVersion } = found;
  return waitForEvent(api, {
    type,
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    resourceVersion,
    until: (event) => event.type === 'DELETED' && event.object.metadata.uid === object.metadata.uid,
    withinMs,
  });
}
