import {
  type Cache,
  type CacheOptions,
  createCache,
  type KubeApi,
  type KubeObject,
  type ResourceType,
} from '@leafway/reconciler';
import { type DataObject, type Node, nodeKinds, type Pod } from './pod.ts';
import type { EndpointSlice, Service } from './service-proxy.ts';

/** What a node sees of its cluster, kept current. */
export interface ClusterView {
  readonly pods: Cache<Pod>;
  readonly nodes: Cache<Node>;
  readonly secrets: Cache<DataObject>;
  readonly configMaps: Cache<DataObject>;
  readonly services: Cache<Service>;
  readonly slices: Cache<EndpointSlice>;
}

/** Follows a cluster until the signal aborts; resolves when everything is known. `ended` resolves after the abort. */
export async function followCluster(
  api: KubeApi,
  common: Pick<CacheOptions<KubeObject>, 'clock' | 'random' | 'log'>,
  signal: AbortSignal,
): Promise<{ readonly view: ClusterView; readonly ended: Promise<unknown> }> {
  const follow = <T extends KubeObject>(type: ResourceType): Cache<T> => createCache<T>({ api, type, ...common });
  const view: ClusterView = {
    pods: follow(nodeKinds.pods),
    nodes: follow(nodeKinds.nodes),
    secrets: follow(nodeKinds.secrets),
    configMaps: follow(nodeKinds.configMaps),
    services: follow(nodeKinds.services),
    slices: follow(nodeKinds.endpointSlices),
  };
  const caches: Pick<Cache<KubeObject>, 'run' | 'whenSynced'>[] = Object.values(view);
  const ended = Promise.all(caches.map((cache) => cache.run(signal)));
  await Promise.all(caches.map((cache) => cache.whenSynced(signal)));
  return { view, ended };
}

/** Calls `wake` for every Pod that may have to be looked at again, from now on, and once for each that there is. */
export function wakePods({ pods, nodes, secrets, configMaps }: ClusterView, wake: (key: string) => void): void {
  const wakeAll = (namespace: string | undefined): void => {
    for (const { metadata } of pods.list()) {
      if (namespace === undefined || metadata.namespace === namespace) wake(`${metadata.namespace}/${metadata.name}`);
    }
  };
  pods.onChange(({ key }) => wake(key));
  nodes.onChange(() => wakeAll(undefined));
  for (const cache of [secrets, configMaps]) {
    cache.onChange(({ before, after }) => wakeAll((after ?? before)?.metadata.namespace));
  }
  wakeAll(undefined);
}
