import { annotationKeys, gatewayResourceName, labelKeys } from '../api/labels.ts';
import { apiVersionOf, resources } from '../api/resources.ts';
import type {
  Configuration,
  Connection,
  GatewayClient,
  GatewayServer,
  LiqoObject,
  ObjectReference,
  PublicKey,
  ServiceType,
} from '../api/types.ts';
import { encodeWantedCIDRs, type WantedCIDRs } from '../codecs/wanted-cidrs.ts';
import { type ExtraMetadata, objectHead } from './objects.ts';

/** Which link an object belongs to: seen from the cluster that holds the object. */
export interface LinkSide {
  /** The *other* cluster; also the name of the objects, as `liqoctl` names them. */
  readonly remoteClusterID: string;
  /** The tenant namespace of the other cluster, found by label. */
  readonly namespace: string;
  readonly extra?: ExtraMetadata | undefined;
}

function head(
  resource: (typeof resources)[keyof typeof resources],
  side: LinkSide,
  labels: Record<string, string> = {},
): LiqoObject {
  return objectHead(
    resource,
    { name: side.remoteClusterID, namespace: side.namespace },
    { [labelKeys.remoteClusterID]: side.remoteClusterID, ...labels },
    side.extra,
  );
}

/** The remote's real ranges, for this side to give them names. */
export function buildConfiguration(
  side: LinkSide,
  input: { remotePod: readonly string[]; remoteExternal: readonly string[]; wanted?: WantedCIDRs | undefined },
): Configuration {
  const annotations =
    input.wanted === undefined
      ? side.extra?.annotations
      : { ...side.extra?.annotations, [annotationKeys.wantedCIDRs]: encodeWantedCIDRs(input.wanted) };
  return {
    ...head(resources.configurations, { ...side, extra: { ...side.extra, annotations } }),
    spec: { remote: { cidr: { pod: [...input.remotePod], external: [...input.remoteExternal] } } },
  };
}

/** A gateway's template; without a name, Liqo's default for its role. */
export interface TemplateChoice {
  readonly name?: string | undefined;
  readonly namespace: string;
}

function templateRef(role: 'Server' | 'Client', template: TemplateChoice): ObjectReference {
  const resource = role === 'Server' ? resources.wgGatewayServerTemplates : resources.wgGatewayClientTemplates;
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    name: template.name ?? (role === 'Server' ? 'wireguard-server' : 'wireguard-client'),
    namespace: template.namespace,
  };
}

/** The end that waits to be dialled. `serviceType` is always written: the CRD's own default differs from `liqoctl`'s. */
export function buildGatewayServer(
  side: LinkSide,
  input: {
    template: TemplateChoice;
    mtu: number;
    serviceType: ServiceType;
    port: number;
    nodePort?: number | undefined;
    loadBalancerIP?: string | undefined;
    serviceAnnotations?: Record<string, string> | undefined;
  },
): GatewayServer {
  return {
    ...head(resources.gatewayServers, side),
    spec: {
      serverTemplateRef: templateRef('Server', input.template),
      mtu: input.mtu,
      endpoint: {
        serviceType: input.serviceType,
        port: input.port,
        ...(input.nodePort === undefined ? {} : { nodePort: input.nodePort }),
        ...(input.loadBalancerIP === undefined ? {} : { loadBalancerIP: input.loadBalancerIP }),
      },
      ...(input.serviceAnnotations === undefined ? {} : { serviceAnnotations: input.serviceAnnotations }),
    },
  };
}

/** The end that dials: of the addresses Liqo uses only the first. */
export function buildGatewayClient(
  side: LinkSide,
  input: { template: TemplateChoice; mtu: number; address: string; port: number },
): GatewayClient {
  return {
    ...head(resources.gatewayClients, side),
    spec: {
      clientTemplateRef: templateRef('Client', input.template),
      mtu: input.mtu,
      endpoint: { addresses: [input.address], port: input.port, protocol: 'UDP' },
    },
  };
}

/** The other side's key, owned by the local gateway so that it goes with it. */
export function buildPublicKey(
  side: LinkSide,
  input: { publicKey: string; gateway: GatewayServer | GatewayClient },
): PublicKey {
  const extra = { ...side.extra, ownerReferences: [ownerReferenceTo(input.gateway)] };
  return {
    ...head(resources.publicKeys, { ...side, extra }, { [labelKeys.gatewayResource]: 'true' }),
    spec: { publicKey: input.publicKey },
  };
}

/** What a gateway says of its tunnel; the status is written apart. */
export function buildConnection(
  side: LinkSide,
  input: { role: 'Server' | 'Client'; gateway: GatewayServer | GatewayClient },
): Connection {
  const { metadata } = input.gateway;
  const built = head(resources.connections, {
    ...side,
    extra: { ...side.extra, ownerReferences: [ownerReferenceTo(input.gateway)] },
  });
  return {
    ...built,
    metadata: { ...built.metadata, name: gatewayResourceName(metadata.name) },
    spec: {
      type: input.role,
      gatewayRef: {
        apiVersion: apiVersionOf(resources.gatewayServers),
        // Liqo names the rendered child's kind here, together with the UID of the gateway object itself.
        kind: input.role === 'Server' ? 'WgGatewayServer' : 'WgGatewayClient',
        name: metadata.name,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
        ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
      },
    },
  };
}

/** A plain, non-controller owner reference, as Liqo sets it. */
export function ownerReferenceTo(owner: LiqoObject): { apiVersion: string; kind: string; name: string; uid: string } {
  if (owner.metadata.uid === undefined) {
    throw new TypeError(
      `${owner.kind} ${owner.metadata.name} has no UID: only an object that was read from a server can own another`,
    );
  }
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid };
}
