import {
  createFleetIndex,
  defaultLeafClusterSpec,
  type FleetIndex,
  kinds,
  type LeafCluster,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { type ConfigMap, clusterIDConfigMapLabel, clusterIDOf, labelKeys, resources } from '@leafway/liqo';
import {
  type Cache,
  type Clock,
  createCache,
  type KubeApi,
  type KubeObject,
  type Logger,
  type Metrics,
  type Random,
} from '@leafway/reconciler';
import type { SecretKey, World } from './admission/world.ts';

export interface CachedWorldDependencies {
  /** The central cluster. */
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Where the caches tell how much they hold and when they last heard something. */
  readonly metrics?: Metrics;
}

export interface CachedWorldOptions {
  /** Where the ConfigMap with the central cluster's ID is. */
  readonly liqoNamespace: string;
  /** The central cluster's ID; the ConfigMap is not looked for then. */
  readonly clusterID?: string | undefined;
}

/** The world as the watches on the central cluster show it. */
export interface CachedWorld extends World {
  readonly fleet: Pick<FleetIndex, 'review' | 'isFree'>;
  /** Keeps it current until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** What the first list is still missing of, in words; `undefined` when all of it is there. */
  waitsFor(): string | undefined;
}

interface Followed {
  readonly what: string;
  readonly cache: Pick<Cache<KubeObject>, 'run' | 'synced'>;
}

const bySecret = 'secret';

/** A world from caches of the central cluster; it is empty before `run`. */
export function createCachedWorld(deps: CachedWorldDependencies, options: CachedWorldOptions): CachedWorld {
  const shortcuts = createCache<VirtualNodeShortcut>({
    ...deps,
    type: kinds.shortcuts,
  });
  const leaves = createCache<LeafCluster>({
    ...deps,
    type: kinds.leafClusters,
    indexes: { [bySecret]: ({ spec }) => [secretKey(defaultLeafClusterSpec(spec).kubeconfigSecretRef)] },
  });
  const configMaps = options.clusterID === undefined ? clusterIDCache(deps, options.liqoNamespace) : undefined;
  const centralClusterID = (): string | undefined =>
    configMaps === undefined ? options.clusterID : onlyClusterID(configMaps);
  const fleet = createFleetIndex({ centralClusterID, now: () => deps.clock.now() });
  shortcuts.onChange(({ key, after }) => (after === undefined ? fleet.removeShortcut(key) : fleet.putShortcut(after)));
  leaves.onChange(({ key, after }) => (after === undefined ? fleet.removeLeaf(key) : fleet.putLeaf(after)));
  const followed: readonly Followed[] = [
    { what: 'VirtualNodeShortcuts', cache: shortcuts },
    { what: 'LeafClusters', cache: leaves },
    ...(configMaps === undefined
      ? []
      : [{ what: `the cluster ID in namespace ${options.liqoNamespace}`, cache: configMaps }]),
  ];

  return {
    fleet,
    leafClustersOfSecret: (ref) => leaves.byIndex(bySecret, secretKey(ref)),
    get centralClusterID() {
      return centralClusterID();
    },
    run: async (signal) => {
      await Promise.all(followed.map(({ cache }) => cache.run(signal)));
    },
    waitsFor: () => {
      const missing = followed.filter(({ cache }) => !cache.synced).map(({ what }) => what);
      return missing.length === 0 ? undefined : `not read yet: ${missing.join(', ')}`;
    },
  };
}

function clusterIDCache(deps: CachedWorldDependencies, namespace: string): Cache<ConfigMap> {
  const labelSelector = `${labelKeys.appName}=${clusterIDConfigMapLabel}`;
  return createCache<ConfigMap>({ ...deps, type: resources.configMaps, namespace, labelSelector });
}

/** Exactly one ConfigMap tells the ID; with several nobody knows which is right (contract, section 1.1). */
function onlyClusterID(cache: Cache<ConfigMap>): string | undefined {
  const [first, ...others] = cache.list();
  return first === undefined || others.length > 0 ? undefined : clusterIDOf(first);
}

/** None of the three parts can hold a slash. */
function secretKey({ namespace, name, key }: SecretKey): string {
  return `${namespace}/${name}/${key}`;
}
