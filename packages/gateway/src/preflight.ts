import { annotationKeys, buildClusterIDConfigMap, type ConfigMap, labelKeys, resources } from '@leafway/liqo';
import type { KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';

const nodes: ResourceType = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', namespaced: false };
const deployments: ResourceType = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};

/** What of a cluster and its node decides whether the agent may run there. */
export interface Surroundings {
  /** Names. */
  readonly nodes: readonly string[];
  /** What belongs to Liqo there, as `Deployment liqo/liqo-controller-manager`. */
  readonly liqo: readonly string[];
}

/** Why the agent may not run on a real node, in one sentence with a way out; `undefined` when it may. */
export function whyNotHere({ nodes: names, liqo }: Surroundings): string | undefined {
  if (liqo[0] !== undefined)
    return `Liqo runs this cluster (${liqo[0]}), and two data planes would undo each other's work: uninstall the agent, or Liqo`;
  if (names.length > 1)
    return `this cluster has ${names.length} nodes (${names.toSorted().join(', ')}), and the agent would connect the pods of one: install Liqo instead`;
  return undefined;
}

/** Looks at the cluster with the agent's own rights. */
export async function lookAround(
  api: KubeApi,
  { clusterID, liqoNamespace }: { readonly clusterID: string; readonly liqoNamespace: string },
  signal: AbortSignal,
): Promise<Surroundings> {
  const id = buildClusterIDConfigMap({ clusterID, liqoNamespace }).metadata;
  const [foundNodes, ofLiqo, configMap] = await Promise.all([
    api.list<KubeObject>(nodes, { signal }),
    api.list<KubeObject>(deployments, { labelSelector: `${labelKeys.partOf}=liqo`, signal }),
    api.get<ConfigMap>(resources.configMaps, id, signal),
  ]);
  const isForeign = configMap !== undefined && configMap.metadata.annotations?.[annotationKeys.dataPlane] !== 'Leafway';
  return {
    nodes: foundNodes.items.map(({ metadata }) => metadata.name),
    liqo: [
      ...ofLiqo.items.map(({ metadata }) => `Deployment ${metadata.namespace}/${metadata.name}`),
      ...(isForeign ? [`ConfigMap ${id.namespace}/${id.name}`] : []),
    ],
  };
}
