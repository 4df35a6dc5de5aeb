import { isDeepStrictEqual } from 'node:util';
import type { VirtualNodeShortcut } from '@leafway/core';
import { apiVersionOf, type LiqoObject, labelKeys, resources } from '@leafway/liqo';
import type { Subject } from '../leaf/account.ts';
import { marksOf } from './desired.ts';

export interface RoleBinding extends LiqoObject {
  readonly roleRef: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

/** The ClusterRole of the chart `leafway-leaf` that allows to read a Secret, and what its bindings are called. */
export const keyRole = 'leafway-centre-keys';

/**
 * What lets the centre's own account read the key of Liqo's gateway in one tenant namespace, and nowhere else: no
 * account of ours may read Secrets in a whole cluster.
 */
export function desiredKeyBinding(
  shortcut: VirtualNodeShortcut,
  { peer, namespace, account }: { readonly peer: string; readonly namespace: string; readonly account: Subject },
): RoleBinding {
  const { labels, annotations } = marksOf(shortcut);
  return {
    apiVersion: apiVersionOf(resources.roleBindings),
    kind: resources.roleBindings.kind,
    metadata: { name: keyRole, namespace, labels: { [labelKeys.remoteClusterID]: peer, ...labels }, annotations },
    roleRef: { apiGroup: resources.roleBindings.group, kind: 'ClusterRole', name: keyRole },
    subjects: [account],
  };
}

/** Whether a binding gives what the other does. */
export function isSameGrant(a: RoleBinding, b: RoleBinding): boolean {
  return isDeepStrictEqual([a.roleRef, a.subjects], [b.roleRef, b.subjects]);
}
