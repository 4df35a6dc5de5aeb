import { type ClusterConnection, KubeconfigRejected, parseKubeconfig } from '@leafway/reconciler';
import { parseDocument, stringify } from 'yaml';
import { failed } from '../errors.ts';

/** The connection to a leaf, and the kubeconfig with it alone that is stored on the central cluster. */
export interface LeafKubeconfig {
  readonly connection: ClusterConnection;
  readonly text: string;
}

/**
 * Reads one context of a kubeconfig as strictly as the controller will, and keeps of it what the controller may use:
 * other clusters and users of the file never leave this machine. Throws a `CliError` with the field and the way out.
 */
export function readLeafKubeconfig(source: string, file: string, context: string | undefined): LeafKubeconfig {
  try {
    const connection = parseKubeconfig(context === undefined ? source : withContext(source, context));
    return { connection, text: formatLeafKubeconfig(connection) };
  } catch (error) {
    if (!(error instanceof KubeconfigRejected)) throw error;
    throw failed(`${file}: ${error.message}${wayOut(error.field, context)}`, error);
  }
}

/** What the file says, with another current context. */
function withContext(source: string, context: string): string {
  const document = parseDocument(source, { logLevel: 'error' });
  if (document.errors.length > 0) return source; // The strict parser says what is wrong.
  document.set('current-context', context);
  return document.toString();
}

function wayOut(field: string, context: string | undefined): string {
  const name = field.split('.').at(-1) ?? '';
  if (['certificate-authority', 'client-certificate', 'client-key'].includes(name)) {
    return '. "kubectl config view --raw --flatten --minify" writes the files into the kubeconfig';
  }
  if (['exec', 'auth-provider', 'tokenFile', 'username', 'password', 'token'].includes(name)) {
    return '. "leafway leaf kubeconfig" makes one that the controller can use';
  }
  if (field === 'contexts' && context !== undefined) return `: --context ${context}`;
  return '';
}

/** A kubeconfig with one connection, everything in itself, as the controller reads it. */
export function formatLeafKubeconfig({
  server,
  caData,
  serverName,
  proxyUrl,
  token,
  certData,
  keyData,
}: ClusterConnection): string {
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  const cluster = {
    server,
    ...(caData === undefined ? {} : { 'certificate-authority-data': base64(caData) }),
    ...(serverName === undefined ? {} : { 'tls-server-name': serverName }),
    ...(proxyUrl === undefined ? {} : { 'proxy-url': proxyUrl }),
  };
  const user = {
    ...(typeof token === 'string' ? { token } : {}),
    ...(certData === undefined ? {} : { 'client-certificate-data': base64(certData) }),
    ...(keyData === undefined ? {} : { 'client-key-data': base64(keyData) }),
  };
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'leaf',
      contexts: [{ name: 'leaf', context: { cluster: 'leaf', user: 'centre' } }],
      clusters: [{ name: 'leaf', cluster }],
      users: [{ name: 'centre', user }],
    },
    { lineWidth: 0 },
  );
}
