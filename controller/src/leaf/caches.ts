import {
  type ConfigMap,
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  type GatewayTemplate,
  type GatewayTemplateReading,
  type LiqoObject,
  type LiqoResource,
  labelKeys,
  type Network,
  type PublicKey,
  readGatewayTemplate,
  remoteClusterIDOf,
  resources,
  type TenantNamespace,
} from '@leafway/liqo';
import {
  type Cache,
  type CacheOptions,
  type Clock,
  createCache,
  type KubeApi,
  type Logger,
  type Metrics,
  type Random,
} from '@leafway/reconciler';
import { isRefused } from '../optional-cache.ts';
import type { RoleBinding } from '../shortcut/key-binding.ts';
import type { LeafObjects } from '../shortcut/observation.ts';
import { withMaker } from './made-by.ts';
import { ofPromisedTypes } from './promised-types.ts';

/** Everything on a leaf that takes part in links, kept current by watches. */
export interface LeafCaches {
  readonly configMaps: Cache<ConfigMap>;
  readonly networks: Cache<Network>;
  readonly configurations: Cache<Configuration>;
  readonly servers: Cache<GatewayServer>;
  readonly clients: Cache<GatewayClient>;
  /** Those without which the leaf is of no use. */
  readonly needed: readonly AnyCache[];
  /** Those that it can be used without. */
  readonly optional: readonly AnyCache[];
  /** The gateway templates; `undefined` where they are not served or may not be read. */
  templates(): readonly GatewayTemplateReading[] | undefined;
  /** What belongs to the link with that remote, and whatever that shortcut made, however it is labelled now. */
  objectsFor(remoteClusterID: string, shortcutUID: string): FoundObjects;
  /** Takes the answer of a write, so that the next look already sees it. */
  observe(object: LiqoObject): void;
  /** Objects of that kind are not followed: the leaf did not let us see them when we connected. */
  isUnfollowed(object: LiqoObject): boolean;
}

type FoundObjects = Omit<LeafObjects, 'connections'> & { readonly connections: readonly Connection[] };
type AnyCache = Pick<Cache<LiqoObject>, 'run' | 'synced' | 'whenSynced' | 'problem' | 'onProblem'>;

export interface LeafCachesOptions {
  readonly api: KubeApi;
  /** What metrics call this leaf. */
  readonly cluster: string;
  readonly liqoNamespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly onChange: (object: LiqoObject) => void;
  readonly onGone: (object: LiqoObject) => void;
  /** Whether anybody is to be told that one became the other. */
  readonly isNews: (before: LiqoObject, after: LiqoObject) => boolean;
}

/** A template that was read when it came, and only that: whole ones would be the most of what is kept of a leaf. */
interface ReadTemplate extends GatewayTemplate {
  readonly reading?: GatewayTemplateReading;
}

const mostTemplates = { objects: 1_000, bytes: 16 * 1024 * 1024 };
/** Of one kind: several times what a LeafCluster can hold links, and little enough that no leaf fills the memory of all. */
const mostObjects = { objects: 10_000, bytes: 16 * 1024 * 1024 };

function readTemplate(template: GatewayTemplate): ReadTemplate {
  const { apiVersion, kind, metadata } = template;
  return { apiVersion, kind, metadata, reading: readGatewayTemplate(template) };
}

const byRemote = 'remote';
const byShortcut = 'shortcut';

/** The caches of one leaf; they do nothing before they are run. */
export function createLeafCaches(options: LeafCachesOptions): LeafCaches {
  const needed: AnyCache[] = [];
  const observers = new Map<string, (object: LiqoObject) => void>();
  const make = <T extends LiqoObject>(
    type: LiqoResource,
    select: Pick<CacheOptions<T>, 'labelSelector' | 'namespace' | 'reduce'> = {},
  ): Cache<T> => {
    const cache = createOne<T>(options, type, select);
    needed.push(cache);
    observers.set(type.kind, (object) => cache.observe(object as T));
    return cache;
  };
  const namespaces = make<TenantNamespace>(resources.namespaces, { labelSelector: labelKeys.tenantNamespace });
  const configurations = make<Configuration>(resources.configurations, { reduce: withMaker });
  const servers = make<GatewayServer>(resources.gatewayServers, { reduce: withMaker });
  const clients = make<GatewayClient>(resources.gatewayClients, { reduce: withMaker });
  const publicKeys = make<PublicKey>(resources.publicKeys, { reduce: withMaker });
  const connections = make<Connection>(resources.connections);
  const networks = make<Network>(resources.networks);
  const inLiqo = { namespace: options.liqoNamespace, labelSelector: labelKeys.appName };
  const configMaps = make<ConfigMap>(resources.configMaps, inLiqo);
  const templates = [resources.wgGatewayServerTemplates, resources.wgGatewayClientTemplates].map((type) =>
    createOne<ReadTemplate>(options, type, { reduce: readTemplate, atMost: mostTemplates }),
  );
  // Where we may not see them we may not make them either: a leaf whose keys stand on its gateways needs none.
  const keyBindings = createOne<RoleBinding>(options, resources.roleBindings, { labelSelector: labelKeys.shortcutUID });
  observers.set(resources.roleBindings.kind, (object) => keyBindings.observe(object as RoleBinding));
  const optional = [...templates, keyBindings];
  return {
    ...{ configMaps, networks, configurations, servers, clients, needed, optional },
    templates: () =>
      templates.every((cache) => cache.synced && !isRefused(cache))
        ? templates.flatMap((cache) => cache.list().flatMap(({ reading }) => reading ?? []))
        : undefined,
    objectsFor: (remoteClusterID, shortcutUID) => {
      const find = <T extends LiqoObject>(cache: Cache<T>): readonly T[] => [
        ...new Set([...cache.byIndex(byRemote, remoteClusterID), ...cache.byIndex(byShortcut, shortcutUID)]),
      ];
      return {
        namespaces: find(namespaces),
        configurations: find(configurations),
        servers: find(servers),
        clients: find(clients),
        publicKeys: find(publicKeys),
        keyBindings: isRefused(keyBindings) ? [] : find(keyBindings),
        connections: find(connections),
      };
    },
    observe: (object) => observers.get(object.kind)?.(object),
    isUnfollowed: ({ kind }) => kind === resources.roleBindings.kind && isRefused(keyBindings),
  };
}

function createOne<T extends LiqoObject>(
  { api, cluster, clock, random, log, metrics, onChange, onGone, isNews }: LeafCachesOptions,
  type: LiqoResource,
  select: Pick<CacheOptions<T>, 'labelSelector' | 'namespace' | 'reduce' | 'atMost'>,
): Cache<T> {
  const indexes = {
    [byRemote]: (object: T) => [remoteClusterIDOf(object) ?? ''],
    [byShortcut]: (object: T) => [object.metadata.labels?.[labelKeys.shortcutUID] ?? ''],
  };
  const reduce = (object: T): T => {
    const typed = ofPromisedTypes(object);
    return select.reduce?.(typed) ?? typed;
  };
  const cache = createCache<T>({
    api,
    cluster,
    type,
    atMost: mostObjects,
    ...select,
    reduce,
    indexes,
    clock,
    random,
    log,
    metrics,
  });
  cache.onChange(({ before, after }) => {
    if (before !== undefined && after !== undefined && !isNews(before, after)) return;
    // Both: a change of its labels takes an object from one link to another.
    for (const object of [before, after]) {
      if (object !== undefined) onChange(object);
    }
    if (before !== undefined && after === undefined) onGone(before);
  });
  return cache;
}
