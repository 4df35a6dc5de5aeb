import { defaultLeafClusterSpec, type LeafCluster } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import type { KubeApi } from '@leafway/reconciler';
import { failed } from '../errors.ts';
import type { OpenApi, Terminal } from '../terminal.ts';

/**
 * Connects to a leaf with the kubeconfig that its LeafCluster names, as the controller does. Throws `ApiError` when the
 * user may not read that Secret, and otherwise says what is wrong with it.
 */
export async function openLeaf(
  terminal: Pick<Terminal, 'connectStrictly' | 'signal'>,
  central: KubeApi,
  { spec }: LeafCluster,
): Promise<OpenApi> {
  const { namespace, name, key } = defaultLeafClusterSpec(spec).kubeconfigSecretRef;
  const secret = await central.get<Secret>(resources.secrets, { namespace, name }, terminal.signal);
  const encoded = secret?.data?.[key];
  if (encoded === undefined) {
    const what = secret === undefined ? 'does not exist' : `has no key ${key}`;
    throw failed(`Secret ${namespace}/${name} ${what}`);
  }
  return terminal.connectStrictly(Buffer.from(encoded, 'base64').toString('utf8'));
}
