import { X509Certificate } from 'node:crypto';
import type { ClusterConnection } from '@leafway/reconciler';
import { decodeJwt } from 'jose';

/** Who somebody is on a cluster, as a RoleBinding names him. */
export type Subject =
  | { readonly kind: 'ServiceAccount'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'User'; readonly apiGroup: 'rbac.authorization.k8s.io'; readonly name: string };

/**
 * As whom a cluster knows the one who logs in with that: the account of a ServiceAccount's token, or the user that a
 * client certificate names; `undefined` where only the cluster itself could tell. Nothing is verified: a wrong answer
 * gives nobody a right, since the cluster refuses what is asked for another one.
 */
export function accountOf({ certData, token }: ClusterConnection): Subject | undefined {
  // A server takes the certificate first.
  if (certData !== undefined) return certificateUser(certData);
  return typeof token === 'string' ? tokenAccount(token) : undefined;
}

function tokenAccount(token: string): Subject | undefined {
  try {
    const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(decodeJwt(token).sub ?? '') ?? [];
    return namespace === undefined || name === undefined ? undefined : { kind: 'ServiceAccount', namespace, name };
  } catch {
    return undefined;
  }
}

function certificateUser(pem: string): Subject | undefined {
  try {
    const name = /^CN=(.+)$/m.exec(new X509Certificate(pem).subject)?.[1];
    return name === undefined ? undefined : { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name };
  } catch {
    return undefined;
  }
}

/** As Kubernetes writes it in its own messages. */
export function userName(account: Subject): string {
  return account.kind === 'User' ? account.name : `system:serviceaccount:${account.namespace}:${account.name}`;
}
