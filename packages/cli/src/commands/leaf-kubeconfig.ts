import type { ClusterConnection, KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';
import { isApiError } from '@leafway/reconciler';
import { explainError } from '../central/explain-error.ts';
import { formatLeafKubeconfig } from '../central/leaf-kubeconfig.ts';
import { openForUser } from '../central/with-central.ts';
import { failed } from '../errors.ts';
import { parseDuration } from '../output/duration.ts';
import type { Terminal } from '../terminal.ts';

export interface KubeconfigOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  readonly account: string;
  readonly duration: string;
  readonly server?: string;
}

/** Prints a kubeconfig for the account that the chart `leafway-leaf` made, with a new token, as an administrator may. */
export async function printLeafKubeconfig(options: KubeconfigOptions, terminal: Terminal): Promise<void> {
  const { kubeconfig, context, namespace, account, duration } = options;
  const durationMs = parseDuration(duration, '--duration');
  const leaf = openForUser(terminal, { kubeconfig, context }, 'the leaf');
  try {
    const connection = withServer(leaf.connection, options.server);
    const { token, expirationTimestamp } = await requestToken(leaf.api, options, durationMs, terminal.signal);
    terminal.print(formatLeafKubeconfig({ ...connection, token }).trimEnd());
    terminal.progress(`token of ServiceAccount ${namespace}/${account}, good until ${expirationTimestamp}`);
  } catch (error) {
    throw explainError(error, { name: 'the leaf', server: leaf.server });
  } finally {
    await leaf.close();
  }
}

/** What of the administrator's connection leads to the server; nothing of who the administrator is. */
function withServer(
  { server, caData, serverName, proxyUrl }: ClusterConnection,
  wanted: string | undefined,
): ClusterConnection {
  if (caData === undefined)
    throw failed(
      'the kubeconfig of the leaf has no certificate-authority-data, without which the controller trusts no server: add it',
    );
  return {
    server: wanted ?? server,
    caData,
    ...(serverName === undefined ? {} : { serverName }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

interface TokenRequest extends KubeObject {
  readonly spec: { readonly expirationSeconds: number };
  readonly status?: { readonly token: string; readonly expirationTimestamp: string };
}

async function requestToken(
  api: KubeApi,
  { namespace, account }: KubeconfigOptions,
  durationMs: number,
  signal: AbortSignal,
): Promise<NonNullable<TokenRequest['status']>> {
  // A token is created below its account, as if that were a collection.
  const plural = `serviceaccounts/${account}/token`;
  const type: ResourceType = { group: '', version: 'v1', plural, kind: 'TokenRequest', namespaced: true };
  const request: TokenRequest = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: type.kind,
    metadata: { namespace, name: account },
    spec: { expirationSeconds: Math.round(durationMs / 1_000) },
  };
  try {
    const { status } = await api.create(type, request, signal);
    if (status === undefined) throw failed('the leaf answered without a token');
    return status;
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
    throw failed(
      `the leaf has no ServiceAccount ${namespace}/${account}: install the chart leafway-leaf there, or say with --namespace where it is`,
      error,
    );
  }
}
