import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { ClusterConnection } from './connection.ts';

export interface LoadConnectionOptions {
  /** A kubeconfig file; by default what kubectl would use, and inside a pod its ServiceAccount. */
  readonly kubeconfig?: string | undefined;
  /** A context of that file; by default the current one. */
  readonly context?: string | undefined;
}

/**
 * The process's own connection, from a kubeconfig that its user owns: files and credential programs in it are used.
 * For kubeconfigs from elsewhere there is `parseKubeconfig`. Throws when there is none, and when it would switch
 * off the verification of the server.
 */
export function loadConnection(options: LoadConnectionOptions = {}): ClusterConnection {
  const config = loadConfig(options);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const where = options.kubeconfig ?? 'the default kubeconfig';
  if (cluster === null || user === null) {
    // Declared as a string, but absent in a kubeconfig without it.
    const context = config.getCurrentContext() as string | undefined;
    if (!context) throw new Error(`${where}: it has no current context`);
    throw new Error(`${where}: the context "${context}" does not name a cluster and a user`);
  }
  if (!cluster.server.startsWith('https://')) {
    throw new Error(`${where}: no cluster with an https:// address; set --kubeconfig or KUBECONFIG`);
  }
  if (cluster.skipTLSVerify)
    throw new Error(`${where}: insecure-skip-tls-verify is not supported; use certificate-authority-data`);
  return toConnection(config, cluster, user);
}

/** Loading client-node takes half a second and 80 MB: only for those who need it. */
function loadConfig(options: LoadConnectionOptions): KubeConfig {
  const require = createRequire(import.meta.url);
  const clientNode = require('@kubernetes/client-node') as typeof import('@kubernetes/client-node');
  const config = new clientNode.KubeConfig();
  if (options.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(options.kubeconfig);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return config;
}

function toConnection(config: KubeConfig, cluster: Cluster, user: User): ClusterConnection {
  return withoutUndefined({
    server: cluster.server,
    caData: pem(cluster.caData, cluster.caFile),
    certData: pem(user.certData, user.certFile),
    keyData: pem(user.keyData, user.keyFile),
    serverName: cluster.tlsServerName,
    proxyUrl: cluster.proxyUrl,
    token: tokenOf(config, user),
  });
}

function tokenOf(config: KubeConfig, user: User): ClusterConnection['token'] {
  const tokenFile: unknown = user.authProvider?.config?.tokenFile;
  // Inside a pod: the kubelet rotates the file.
  if (typeof tokenFile === 'string') return () => readFileSync(tokenFile, 'utf8').trim();
  return user.exec || user.authProvider ? () => askProvider(config) : user.token;
}

/** Asks the credential program of the user; client-node keeps the answer while it is good. */
async function askProvider(config: KubeConfig): Promise<string> {
  const options: { headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  return (options.headers?.Authorization ?? '').replace(/^Bearer /, '');
}

function pem(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  return file === undefined ? undefined : readFileSync(file, 'utf8');
}

function withoutUndefined(
  connection: { [K in keyof ClusterConnection]: ClusterConnection[K] | undefined },
): ClusterConnection {
  const entries = Object.entries(connection).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as ClusterConnection;
}
