import { kinds } from '@leafway/core';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { apiVersionOf, labelKeys, resources } from '@leafway/liqo';
import type { KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';

/** What a shortcut makes or makes others make, on a leaf. */
const onLeaves: readonly ResourceType[] = [
  resources.namespaces,
  resources.configurations,
  resources.gatewayServers,
  resources.gatewayClients,
  resources.publicKeys,
  resources.connections,
  resources.networks,
  resources.ips,
  resources.secrets,
];
const onCentre: readonly ResourceType[] = [kinds.shortcuts, kinds.leafClusters];

/** A look at what a shortcut leaves on the clusters, quick enough to be taken again and again. */
export interface ObjectLook {
  /** Sorted: cluster, kind, namespace and name, whose it says it is, and who holds it. */
  take(): Promise<string[]>;
  close(): Promise<void>;
}

/** Looks at these clusters, whatever name the objects there have. */
export async function lookAt(lab: RunningLab, ids: readonly string[]): Promise<ObjectLook> {
  const connect = async (id: string) => ({
    id,
    api: await connectAsAdmin(lab, id),
    types: id === lab.centre ? onCentre : onLeaves,
  });
  const clusters = await Promise.all(ids.map(connect));
  return {
    take: async () => {
      const lists = clusters.flatMap(({ id, api, types }) => types.map((type) => list(id, api, type)));
      return (await Promise.all(lists)).flat().sort();
    },
    close: async () => {
      await Promise.all(clusters.map(({ api }) => api.close()));
    },
  };
}

async function list(cluster: string, api: KubeApi, type: ResourceType): Promise<string[]> {
  const { items } = await api.list<KubeObject>(type);
  return items.map(({ metadata: { name, namespace, labels = {}, finalizers = [], deletionTimestamp } }) => {
    const isOurs = labels[labelKeys.shortcutUID] !== undefined;
    const marks = [...(isOurs ? ['ours'] : []), ...(deletionTimestamp === undefined ? [] : ['going']), ...finalizers];
    return `${cluster} ${apiVersionOf(type)} ${type.kind} ${namespace === undefined ? '' : `${namespace}/`}${name} ${marks.join(' ')}`.trimEnd();
  });
}
