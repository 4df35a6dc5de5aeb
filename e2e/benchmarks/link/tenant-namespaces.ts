import { buildTenantNamespace, resources, tenantNamespaceName } from '@leafway/liqo';
import type { KubeApi } from '@leafway/reconciler';
import { versionOf, waitForEvent } from './wait-for-event.ts';

/** Both ends of a link, with the admin's connection to each. */
export interface Ends {
  readonly ids: readonly [string, string];
  readonly apis: readonly [KubeApi, KubeApi];
}

const goneWithinMs = 60_000;

/** Makes the tenant namespaces of a pair on both leaves, as a peering of Liqo leaves them. */
export async function makeTenantNamespaces(ends: Ends): Promise<void> {
  await Promise.all(withPeers(ends).map(([api, peer]) => api.create(resources.namespaces, buildTenantNamespace(peer))));
}

/** Deletes them and waits until they are gone. */
export async function deleteTenantNamespaces(ends: Ends): Promise<void> {
  await Promise.all(
    withPeers(ends).map(async ([api, peer]) => {
      const name = tenantNamespaceName(peer);
      const resourceVersion = await versionOf(api, resources.namespaces);
      await api.delete(resources.namespaces, { name });
      await waitForEvent(api, {
        type: resources.namespaces,
        name,
        resourceVersion,
        until: ({ type }) => type === 'DELETED',
        withinMs: goneWithinMs,
      });
    }),
  );
}

/** Each leaf's connection, with the ID of the other leaf. */
export function withPeers({ ids, apis }: Ends): [KubeApi, string][] {
  return [
    [apis[0], ids[1]],
    [apis[1], ids[0]],
  ];
}
