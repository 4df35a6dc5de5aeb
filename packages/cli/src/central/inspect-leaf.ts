import type { LeafCluster } from '@leafway/core';
import { resources } from '@leafway/liqo';
import { isApiError, type KubeApi, type KubeObject, type ResourceType } from '@leafway/reconciler';
import { failed } from '../errors.ts';
import { isUnknownKind } from './explain-error.ts';
import { readClusterID } from './fleet.ts';

/** What the controller reads and writes on every leaf. */
const needed: readonly ResourceType[] = [
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
  resources.networks,
];

/**
 * Checks with a leaf's own API that it can be registered under a name: it answers, it is neither the centre nor known
 * under another name, it has that ID, and the account sees what the controller needs. Throws `ApiError` of the leaf, and
 * a `CliError` for everything else.
 */
export async function inspectLeaf(
  name: string,
  apis: { readonly leaf: KubeApi; readonly central: KubeApi },
  leaves: readonly LeafCluster[],
  signal: AbortSignal,
): Promise<void> {
  const { leaf, central } = apis;
  const [identity, centralIdentity, ownID] = await Promise.all([
    identityOf(leaf, signal),
    identityOf(central, signal),
    readClusterID(leaf, signal),
    ...needed.map((type) => checkAccess(leaf, type, signal)),
  ]);
  if (identity !== undefined && identity === centralIdentity)
    throw failed(
      `the kubeconfig leads to the central cluster itself, which is no leaf: take the kubeconfig of ${name}`,
    );
  if (ownID !== undefined && ownID !== name) {
    const isCentre = ownID === (await readClusterID(central, signal));
    const advice = isCentre
      ? 'which is the central cluster'
      : `and a leaf is registered under its ID: leafway leaf add ${ownID}`;
    throw failed(`the cluster behind the kubeconfig says that its ID is ${ownID}, not ${name}, ${advice}`);
  }
  const other = leaves.find(({ status }) => identity !== undefined && status?.identity?.uid === identity);
  if (other !== undefined)
    throw failed(`this cluster is registered already, as the leaf ${other.metadata.name}: one cluster has one name`);
}

/** The UID of kube-system tells clusters apart; nothing where it may not be read. */
async function identityOf(api: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await api.get<KubeObject>(resources.namespaces, { name: 'kube-system' }, signal))?.metadata.uid;
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

async function checkAccess(leaf: KubeApi, type: ResourceType, signal: AbortSignal): Promise<undefined> {
  try {
    await leaf.list(type, { limit: 1, signal });
  } catch (error) {
    if (isApiError(error, 'Forbidden')) {
      throw failed(
        `the account of the kubeconfig may not list ${type.plural} on the leaf: take the account leafway-centre of the chart leafway-leaf ("leafway leaf kubeconfig" makes its kubeconfig)`,
        error,
      );
    }
    if (isApiError(error) && isUnknownKind(error))
      throw failed(
        `the leaf serves no ${type.plural} of ${type.group}: install Liqo, or the Leafway agent, there first`,
        error,
      );
    throw error;
  }
}
