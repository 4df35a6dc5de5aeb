import type { ClusterConnection } from './connection.ts';
import type { Fields } from './kubeconfig-document.ts';
import { entry, readDocument, refuseOthers, text } from './kubeconfig-document.ts';
import { readCertificate, readKey, readName, readProxy, readServer, readToken } from './kubeconfig-fields.ts';
import { KubeconfigRejected } from './kubeconfig-rejected.ts';

/** What the administrator allows in kubeconfigs that others wrote; nothing by default. */
export interface KubeconfigPolicy {
  /** Accept `proxy-url`; it sends our requests through a machine of the author's choice. */
  readonly allowProxy?: boolean;
}

const clusterFields = ['server', 'certificate-authority-data', 'tls-server-name', 'proxy-url'];
const userFields = ['token', 'client-certificate-data', 'client-key-data'];

/**
 * Reads the current context of a kubeconfig that anybody may have written. Nothing in it can start a program, read
 * a file, weaken TLS or send a request to a plain HTTP server: only known fields are accepted, the first other one
 * is refused by name. Touches neither files nor the network. Throws `KubeconfigRejected`.
 */
export function parseKubeconfig(source: string, policy: KubeconfigPolicy = {}): ClusterConnection {
  const document = readDocument(source);
  const context = entry(document, 'contexts', 'context', text(document, 'current-context', 'current-context'));
  const clusterAt = 'clusters[].cluster';
  const userAt = 'users[].user';
  const cluster = entry(document, 'clusters', 'cluster', text(context, 'cluster', 'contexts[].context.cluster'));
  const user = entry(document, 'users', 'user', text(context, 'user', 'contexts[].context.user'));
  refuseOthers(cluster, clusterAt, clusterFields);
  refuseOthers(user, userAt, userFields);
  if (cluster.has('proxy-url') && policy.allowProxy !== true) {
    throw new KubeconfigRejected(`${clusterAt}.proxy-url`, 'proxies are not allowed here');
  }
  const serverName = optional(cluster, clusterAt, 'tls-server-name', readName);
  const proxyUrl = optional(cluster, clusterAt, 'proxy-url', readProxy);
  return {
    server: required(cluster, clusterAt, 'server', readServer),
    caData: required(cluster, clusterAt, 'certificate-authority-data', readCertificate),
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...readCredentials(user, userAt),
  };
}

function readCredentials(user: Fields, at: string): Pick<ClusterConnection, 'token' | 'certData' | 'keyData'> {
  const token = optional(user, at, 'token', readToken);
  const hasCertificate = user.has('client-certificate-data') || user.has('client-key-data');
  if (token === undefined && !hasCertificate) {
    throw new KubeconfigRejected(
      `${at}.token`,
      'missing, and so is client-certificate-data: there is nothing to log in with',
    );
  }
  if (!hasCertificate) return token === undefined ? {} : { token };
  const certData = required(user, at, 'client-certificate-data', readCertificate);
  const keyData = required(user, at, 'client-key-data', (value, field) => readKey(value, field, certData));
  return { certData, keyData, ...(token === undefined ? {} : { token }) };
}

type Read = (value: string, field: string) => string;

function required(fields: Fields, at: string, name: string, read: Read): string {
  const field = `${at}.${name}`;
  return read(text(fields, name, field), field);
}

function optional(fields: Fields, at: string, name: string, read: Read): string | undefined {
  return fields.has(name) ? required(fields, at, name, read) : undefined;
}
