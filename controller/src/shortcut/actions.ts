import type { LeafCluster } from '@leafway/core';
import type { LiqoObject, LiqoResource } from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';
import type { RoleBinding } from './key-binding.ts';

/** One thing to do on one leaf. Each is idempotent; those of one leaf run in the order given. */
export type LeafAction =
  | { readonly kind: 'create'; readonly resource: LiqoResource; readonly object: LiqoObject }
  | {
      readonly kind: 'patch';
      readonly resource: LiqoResource;
      readonly object: LiqoObject;
      /** Without the `test` on uid and resourceVersion, which whoever performs it adds. */
      readonly operations: readonly JsonPatchOperation[];
      /** Somebody else changed it: whoever performs this finds out who, before it is undone. */
      readonly undoes?: boolean;
    }
  | { readonly kind: 'delete'; readonly resource: LiqoResource; readonly object: LiqoObject }
  /** A Configuration that we made goes only when no peering of anybody else needs it. */
  | { readonly kind: 'deleteConfigurationIfUnneeded'; readonly object: LiqoObject }
  /** A namespace that we made goes only when nothing of anybody else is in it. */
  | { readonly kind: 'deleteNamespaceIfEmpty'; readonly object: LiqoObject }
  | ReadKeyAction;

/** The public half of a gateway's key, where only a Secret has it. */
export interface ReadKeyAction {
  readonly kind: 'readKey';
  readonly gateway: LiqoObject;
  readonly secret: { readonly namespace: string; readonly name: string };
  /** What to make where we may not read it; `undefined` where it is not known for whom. */
  readonly binding: RoleBinding | undefined;
  /** What of that is there already. */
  readonly found: RoleBinding | undefined;
}

export type PendingObject = NonNullable<NonNullable<LeafCluster['status']>['pendingCleanup']>[number];
