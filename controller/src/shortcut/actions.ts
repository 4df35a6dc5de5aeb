import type { LeafCluster } from '@leafway/core';
import type { LiqoObject, LiqoResource } from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';

/** One thing to do on one leaf. Each is idempotent; those of one leaf run in the order given. */
export type LeafAction =
  | { readonly kind: 'create'; readonly resource: LiqoResource; readonly object: LiqoObject }
  | {
      readonly kind: 'patch';
      readonly resource: LiqoResource;
      readonly object: LiqoObject;
      /** Without the `test` on uid and resourceVersion, which whoever performs it adds. */
      readonly operations: readonly JsonPatchOperation[];
    }
  | { readonly kind: 'delete'; readonly resource: LiqoResource; readonly object: LiqoObject }
  /** A Configuration that we made goes only when no peering of anybody else needs it. */
  | { readonly kind: 'deleteConfigurationIfUnneeded'; readonly object: LiqoObject }
  /** A namespace that we made goes only when nothing of anybody else is in it. */
  | { readonly kind: 'deleteNamespaceIfEmpty'; readonly object: LiqoObject }
  /** The public half of a gateway's key, where only a Secret has it. */
  | { readonly kind: 'readKey'; readonly gateway: LiqoObject; readonly secret: { namespace: string; name: string } };

export type PendingObject = NonNullable<NonNullable<LeafCluster['status']>['pendingCleanup']>[number];
