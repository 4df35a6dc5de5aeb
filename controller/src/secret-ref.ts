import type { LeafCluster } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import { type ClusterConnection, isApiError, type KubeApi, parseKubeconfig } from '@leafway/reconciler';

export type KubeconfigSecretRef = LeafCluster['spec']['kubeconfigSecretRef'];

/**
 * Reads a kubeconfig from the Secret that a reference names, on the central cluster. What is in it is hostile input:
 * only what `parseKubeconfig` lets through is used. Throws with a sentence that names the Secret.
 */
export async function readCredentials(
  central: KubeApi,
  ref: KubeconfigSecretRef,
  signal: AbortSignal,
): Promise<ClusterConnection> {
  const { namespace, name } = ref;
  const secret = await central.get<Secret>(resources.secrets, { namespace, name }, signal).catch((error: unknown) => {
    throw isApiError(error, 'Forbidden') ? notAllowed(namespace, name, error) : error;
  });
  return kubeconfigIn(ref, secret);
}

/** The same from a version of that Secret. Throws likewise, also where there is none. */
export function kubeconfigIn(
  { namespace, name, key = 'kubeconfig' }: KubeconfigSecretRef,
  secret: Secret | undefined,
): ClusterConnection {
  if (secret === undefined)
    throw new Error(`Secret ${namespace}/${name} with its kubeconfig does not exist on the central cluster`);
  const encoded = secret.data?.[key];
  if (encoded === undefined) throw new Error(`Secret ${namespace}/${name} has no key ${key}`);
  try {
    return parseKubeconfig(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Secret ${namespace}/${name}: ${why}`, { cause: error });
  }
}

/** The chart gives the right for each namespace by itself, so this is what a Secret in another one meets. */
function notAllowed(namespace: string, name: string, cause: Error): Error {
  return new Error(
    `Secret ${namespace}/${name} with its kubeconfig may not be read: the controller lacks the verb get on secrets in the ` +
      `namespace ${namespace} of the central cluster; add ${namespace} to controller.credentials.namespaces of the chart`,
    { cause },
  );
}
