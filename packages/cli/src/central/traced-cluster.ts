import {
  type Cidr,
  type LeafCluster,
  type RangeMapping,
  safeParseAddress,
  safeParseCidr,
  type TracedCluster,
} from '@leafway/core';
import {
  type Configuration,
  type GatewayClient,
  type GatewayServer,
  type IP,
  type Network,
  readConfiguration,
  readOwnNetworks,
  remoteClusterIDOf,
  resources,
} from '@leafway/liqo';
import type { KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';

/** A cluster as a trace needs it, and the gateways of it by the cluster at their other end, as `namespace/name`. */
export interface KnownCluster {
  readonly cluster: TracedCluster;
  readonly gateways: ReadonlyMap<string, string>;
}

/** Where Liqo keeps a cluster's own Networks. */
const liqoNamespace = 'liqo';

/** Reads a cluster from its own objects. Throws `ApiError`. */
export async function readCluster(api: KubeApi, id: string, signal: AbortSignal): Promise<KnownCluster> {
  const all = async <T extends KubeObject>(type: ResourceType): Promise<T[]> =>
    (await api.list<T>(type, { signal })).items;
  const [networks, configurations, servers, clients, ips] = await Promise.all([
    all<Network>(resources.networks),
    all<Configuration>(resources.configurations),
    all<GatewayServer>(resources.gatewayServers),
    all<GatewayClient>(resources.gatewayClients),
    all<IP>(resources.ips),
  ]);
  const gateways = gatewaysOf([...servers, ...clients]);
  const own = readOwnNetworks(networks, liqoNamespace);
  const remotes = configurations.flatMap((configuration) => {
    const cluster = remoteClusterIDOf(configuration);
    const reading = readConfiguration(configuration);
    if (cluster === undefined || !reading.ready) return [];
    return [{ cluster, names: { pod: reading.pod, external: reading.external }, hasGateway: gateways.has(cluster) }];
  });
  const published = ips.flatMap(({ spec, status }) => {
    const external = safeParseAddress(status?.ip ?? '');
    const real = safeParseAddress(spec?.ip ?? '');
    return external.ok && real.ok ? [{ external: external.value, real: real.value }] : [];
  });
  const cluster = { id, pod: ranges(own.pod), external: ranges(own.external), remotes, published };
  return { cluster, gateways };
}

function gatewaysOf(gateways: readonly (GatewayServer | GatewayClient)[]): Map<string, string> {
  return new Map(
    gateways.flatMap((gateway) => {
      const remote = remoteClusterIDOf(gateway);
      return remote === undefined ? [] : [[remote, `${gateway.metadata.namespace}/${gateway.metadata.name}`] as const];
    }),
  );
}

/** A leaf as the central cluster recorded it: good enough where the leaf itself may not, or cannot, be asked. */
export function recordedCluster({ metadata: { name }, status }: LeafCluster): KnownCluster {
  const { networks, gateways = [] } = status ?? {};
  const inUse = networks?.inUse ?? [];
  const ids = new Set(inUse.flatMap(({ remoteClusterID }) => remoteClusterID ?? []));
  const remotes = [...ids].map((cluster) => ({
    cluster,
    names: {
      pod: inUse.flatMap(({ remoteClusterID, cidr, real }) =>
        remoteClusterID === cluster && real !== undefined ? mapping(real, cidr) : [],
      ),
      external: [],
    },
    hasGateway: gateways.some(({ remoteClusterID }) => remoteClusterID === cluster),
  }));
  const cluster = { id: name, pod: ranges(networks?.pod), external: ranges(networks?.external), remotes };
  return { cluster, gateways: new Map() };
}

function ranges(texts: readonly string[] = []): Cidr[] {
  return texts.flatMap((text) => {
    const parsed = safeParseCidr(text);
    return parsed.ok ? [parsed.value] : [];
  });
}

function mapping(real: string, name: string): RangeMapping[] {
  const [from] = ranges([real]);
  const [to] = ranges([name]);
  const fits = from !== undefined && to !== undefined && from.length === to.length && from.family === to.family;
  return fits ? [{ real: from, name: to }] : [];
}
