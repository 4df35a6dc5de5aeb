import {
  createFleetIndex,
  type FleetIndex,
  kinds,
  type LeafCluster,
  type ObjectMeta,
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
import { SecretUsers } from './admission/secret-users.ts';
import type { World } from './admission/world.ts';

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
  readonly fleet: FleetIndex;
  /** Keeps it current until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** What the first list is still missing of, in words; `undefined` when all of it is there. */
  waitsFor(): string | undefined;
}

interface Followed {
  readonly what: string;
  readonly cache: Pick<Cache<KubeObject>, 'run' | 'synced'>;
}

/** What is kept of the objects is in the index; of the caches only that they follow. */
const bookkeeping = { keeps: 'versions', atMost: { objects: 1_000_000, bytes: 16 * 1024 ** 3 } } as const;

/** What metrics call the cluster that is followed, as those of the controller do. */
const centralName = 'the central cluster';

/** A world from caches of the central cluster; it is empty before `run`. */
export function createCachedWorld(deps: CachedWorldDependencies, options: CachedWorldOptions): CachedWorld {
  const named = { ...deps, cluster: centralName };
  const followed = { ...named, ...bookkeeping };
  const shortcuts = createCache<VirtualNodeShortcut>({ ...followed, type: kinds.shortcuts, reduce: withoutReport });
  const leaves = createCache<LeafCluster>({ ...followed, type: kinds.leafClusters, reduce: withoutRecords });
  const configMaps = options.clusterID === undefined ? clusterIDCache(named, options.liqoNamespace) : undefined;
  const centralClusterID = (): string | undefined =>
    configMaps === undefined ? options.clusterID : onlyClusterID(configMaps);
  const fleet = createFleetIndex({ centralClusterID, now: () => deps.clock.now() });
  shortcuts.onChange(({ key, after }) => (after === undefined ? fleet.removeShortcut(key) : fleet.putShortcut(after)));
  leaves.onChange(({ key, after }) => (after === undefined ? fleet.removeLeaf(key) : fleet.putLeaf(after)));
  const secrets = new SecretUsers();
  leaves.onChange(({ key, after }) => (after === undefined ? secrets.remove(key) : secrets.put(after)));
  const caches: readonly Followed[] = [
    { what: 'VirtualNodeShortcuts', cache: shortcuts },
    { what: 'LeafClusters', cache: leaves },
    ...(configMaps === undefined
      ? []
      : [{ what: `the cluster ID in namespace ${options.liqoNamespace}`, cache: configMaps }]),
  ];

  return {
    fleet,
    leafClustersOfSecret: (ref) => secrets.usersOf(ref),
    get centralClusterID() {
      return centralClusterID();
    },
    run: async (signal) => {
      await Promise.all(caches.map(({ cache }) => cache.run(signal)));
    },
    waitsFor: () => {
      const missing = caches.filter(({ cache }) => !cache.synced).map(({ what }) => what);
      return missing.length === 0 ? undefined : `not read yet: ${missing.join(', ')}`;
    },
  };
}

function clusterIDCache(deps: CachedWorldDependencies & { cluster: string }, namespace: string): Cache<ConfigMap> {
  const labelSelector = `${labelKeys.appName}=${clusterIDConfigMapLabel}`;
  return createCache<ConfigMap>({ ...deps, type: resources.configMaps, namespace, labelSelector });
}

/** Exactly one ConfigMap tells the ID; with several nobody knows which is right (as in Liqo 1.2). */
function onlyClusterID(cache: Cache<ConfigMap>): string | undefined {
  const [first, ...others] = cache.list();
  return first === undefined || others.length > 0 ? undefined : clusterIDOf(first);
}

/** What conflicts are judged by: of a status, which is mostly the larger part, only whether it is carried out. */
function withoutReport({ apiVersion, kind, metadata, spec, status }: VirtualNodeShortcut): VirtualNodeShortcut {
  const conditions = status?.conditions?.filter(({ type }) => type === 'Accepted') ?? [];
  const bareShortcut = { apiVersion, kind, metadata: bare(metadata), spec };
  return conditions.length === 0 ? bareShortcut : { ...bareShortcut, status: { conditions } };
}

function withoutRecords({ metadata, ...leaf }: LeafCluster): LeafCluster {
  return { ...leaf, metadata: bare(metadata) };
}

function bare({ name, uid, resourceVersion, creationTimestamp, deletionTimestamp }: ObjectMeta): ObjectMeta {
  const metadata = { name, uid, resourceVersion, creationTimestamp, deletionTimestamp };
  return metadata as ObjectMeta;
}
