import type { Cidr } from '@leafway/core';
import {
  buildClusterIDConfigMap,
  buildGatewayTemplate,
  buildNetwork,
  escapeCIDR,
  type LiqoObject,
  type Network,
  type networkTypes,
  resources,
} from '@leafway/liqo';
import { isApiError, type KubeApi, type ResourceType } from '@leafway/reconciler';

/** The ranges that this cluster has, before it knows any other. */
export interface OwnRanges {
  readonly pod: readonly Cidr[];
  readonly external: Cidr;
  readonly service: Cidr;
  readonly internal: Cidr;
  readonly reserved: readonly Cidr[];
}

export interface OwnIdentity {
  readonly clusterID: string;
  readonly liqoNamespace: string;
  readonly ranges: OwnRanges;
}

/** The Networks by which others learn this cluster's ranges (as in Liqo 1.2). */
function ownNetworks({ liqoNamespace, ranges }: OwnIdentity): Network[] {
  const network = (type: keyof typeof networkTypes, name: string, cidr: Cidr): Network =>
    buildNetwork({ name, liqoNamespace, type, cidr: cidr.text });
  const isOnlyOne = ranges.pod.length === 1;
  return [
    ...ranges.pod.map((cidr) => network('pod', isOnlyOne ? 'pod-cidr' : `pod-cidr-${escapeCIDR(cidr.text)}`, cidr)),
    network('external', 'external-cidr', ranges.external),
    network('service', 'service-cidr', ranges.service),
    network('internal', 'internal-cidr', ranges.internal),
    ...ranges.reserved.map((cidr) => network('reserved', `reserved-${escapeCIDR(cidr.text)}`, cidr)),
  ];
}

/**
 * Makes what a cluster with Liqo's networking always has, as far as it is missing: what is there is left as it is.
 * Throws when a Network has another range than this agent was told: a range is for ever.
 */
export async function ensureOwnObjects(api: KubeApi, identity: OwnIdentity, signal: AbortSignal): Promise<void> {
  const { clusterID, liqoNamespace } = identity;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: liqoNamespace } };
  await createIfAbsent(api, resources.namespaces, namespace, signal);
  await Promise.all([
    createIfAbsent(api, resources.configMaps, buildClusterIDConfigMap({ clusterID, liqoNamespace }), signal),
    createIfAbsent(
      api,
      resources.wgGatewayServerTemplates,
      buildGatewayTemplate({ role: 'Server', liqoNamespace }),
      signal,
    ),
    createIfAbsent(
      api,
      resources.wgGatewayClientTemplates,
      buildGatewayTemplate({ role: 'Client', liqoNamespace }),
      signal,
    ),
    ...ownNetworks(identity).map((network) => ensureNetwork(api, network, signal)),
  ]);
}

async function ensureNetwork(api: KubeApi, network: Network, signal: AbortSignal): Promise<void> {
  if (await createIfAbsent(api, resources.networks, network, signal)) return;
  const found = await api.get<Network>(resources.networks, network.metadata, signal);
  if (found === undefined || found.spec?.cidr === network.spec?.cidr) return;
  const { namespace, name } = network.metadata;
  throw new Error(
    `the Network ${namespace}/${name} says ${found.spec?.cidr}, this agent was started with ${network.spec?.cidr}: ` +
      'start it with the range of the Network, or delete the Network when no other cluster uses that range',
  );
}

/** Whether the object was created; `false` when there is one already. */
async function createIfAbsent(
  api: KubeApi,
  type: ResourceType,
  object: LiqoObject,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await api.create(type, object, signal);
    return true;
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return false;
    throw error;
  }
}
