import {
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  type IP,
  type LiqoObject,
  type Network,
  type PublicKey,
  remoteClusterIDOf,
  resources,
} from '@leafway/liqo';
import {
  type Cache,
  type Clock,
  createCache,
  type KubeApi,
  type Logger,
  type Random,
  type ResourceType,
} from '@leafway/reconciler';

/** Everything the agent follows on its cluster. */
export interface Caches {
  readonly configurations: Cache<Configuration>;
  readonly networks: Cache<Network>;
  readonly ips: Cache<IP>;
  readonly gatewayServers: Cache<GatewayServer>;
  readonly gatewayClients: Cache<GatewayClient>;
  readonly publicKeys: Cache<PublicKey>;
  readonly connections: Cache<Connection>;
}

export interface CachesOptions {
  readonly api: KubeApi;
  readonly liqoNamespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Name of the index by the remote cluster's ID. */
const byRemote = 'remoteClusterID';

export function createCaches({ liqoNamespace, ...shared }: CachesOptions): Caches {
  const follow = <T extends LiqoObject>(type: ResourceType, namespace?: string): Cache<T> =>
    createCache<T>({
      ...shared,
      type,
      ...(namespace === undefined ? {} : { namespace }),
      indexes: { [byRemote]: (object) => remotesOf(object) },
    });
  return {
    configurations: follow(resources.configurations),
    networks: follow(resources.networks, liqoNamespace),
    ips: follow(resources.ips),
    gatewayServers: follow(resources.gatewayServers),
    gatewayClients: follow(resources.gatewayClients),
    publicKeys: follow(resources.publicKeys),
    connections: follow(resources.connections),
  };
}

/** The remote cluster that an object is about, as a list of one; of none when its label is missing or malformed. */
export function remotesOf(object: LiqoObject | undefined): string[] {
  const id = object && remoteClusterIDOf(object);
  return id === undefined ? [] : [id];
}

/** All objects about a remote cluster that are here to stay, the oldest first. */
export function aboutRemote<T extends LiqoObject>(cache: Cache<T>, remoteClusterID: string): T[] {
  return cache.byIndex(byRemote, remoteClusterID).filter(isStaying).sort(byAge);
}

/** Not being deleted. */
export function isStaying(object: LiqoObject): boolean {
  return object.metadata.deletionTimestamp === undefined;
}

/** The older one first; of two of the same second the one with the lower UID. */
export function byAge(a: LiqoObject, b: LiqoObject): number {
  const [ageOfA, ageOfB] = [a, b].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.uid}`);
  return (ageOfA ?? '') < (ageOfB ?? '') ? -1 : 1;
}
