import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { ClientCertificate, ClusterConnection } from './connection.ts';
import { withTokenFiles } from './token-files.ts';

/** Where to look for the connection. */
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
  refuseUnsupported(where, cluster, user);
  return toConnection(config, cluster, user);
}

/** Loading client-node takes half a second and 80 MB: only for those who need it. */
function loadConfig(options: LoadConnectionOptions): KubeConfig {
  const require = createRequire(import.meta.url);
  const clientNode = require('@kubernetes/client-node') as typeof import('@kubernetes/client-node');
  const config = new (withTokenFiles(clientNode.KubeConfig))();
  if (options.kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(options.kubeconfig);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return config;
}

/** What to do with things in a kubeconfig that kubectl knows and this package does not. */
function refuseUnsupported(where: string, cluster: Cluster, user: User): void {
  const problems: Record<string, boolean> = {
    'insecure-skip-tls-verify is not supported; use certificate-authority-data': cluster.skipTLSVerify === true,
    'username and password are not supported, API servers take them no more; use a token or a certificate': Boolean(
      user.username,
    ),
    'acting "as" another user is not supported': Boolean(user.impersonateUser),
  };
  for (const [problem, isThere] of Object.entries(problems)) if (isThere) throw new Error(`${where}: ${problem}`);
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
    clientCertificate: user.exec ? () => askForCertificate(config) : undefined,
  });
}

function tokenOf(config: KubeConfig, user: User): ClusterConnection['token'] {
  const tokenFile: unknown = user.authProvider?.config?.tokenFile;
  // Whoever rotates the file (inside a pod: the kubelet) writes it anew.
  if (typeof tokenFile === 'string') return () => readFileSync(tokenFile, 'utf8').trim();
  return user.exec || user.authProvider ? () => askForToken(config) : user.token;
}

async function askForToken(config: KubeConfig): Promise<string | undefined> {
  const { headers } = await ask(config);
  return headers?.Authorization?.replace(/^Bearer /, '');
}

async function askForCertificate(config: KubeConfig): Promise<ClientCertificate | undefined> {
  const { cert, key } = await ask(config);
  return cert === undefined || key === undefined ? undefined : { certData: String(cert), keyData: String(key) };
}

interface Credentials {
  readonly headers?: Record<string, string>;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** Asks the credential program or provider of the user; client-node keeps the answer while it is good. */
async function ask(config: KubeConfig): Promise<Credentials> {
  const user = config.getCurrentUser();
  const options: Credentials = {};
  try {
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  } catch (cause) {
    const who = user?.exec?.command ?? user?.authProvider?.name;
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new Error(`no credentials from ${who}: ${why}`, { cause });
  }
  return options;
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
