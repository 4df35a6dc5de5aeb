import { isDeepStrictEqual } from 'node:util';
import type { ForeignClusterConnection, ShortcutSpec, VirtualNodeShortcut } from '@leafway/core';
import { type Connection, connectionLabels, connectionNameAnnotation, shortcutNameOf } from './connection.ts';

type Gateway = NonNullable<ShortcutSpec['gateway']>;
type TemplateRef = NonNullable<Gateway['serverTemplateRef']>;
type Networking = NonNullable<ForeignClusterConnection['spec']['networking']>;

/** What a connection says of the gateways. All other fields of a shortcut are free for people. */
export type WantedGateway = Required<Pick<Gateway, 'server' | 'service' | 'mtu'>> &
  Pick<Gateway, 'serverTemplateRef' | 'clientTemplateRef'>;

/** The link that a connection asks for: the gateway client runs on the first of the two clusters. */
export interface WantedLink {
  readonly clusters: readonly [client: string, server: string];
  readonly gateway: WantedGateway;
  /** Fields that are set and have no effect, with the reason. */
  readonly withoutEffect: readonly string[];
}

/** Where Liqo is installed on the leaves: a template of its own there need not be named. */
export interface MappingOptions {
  readonly liqoNamespace: string;
}

/** Liqo's own defaults, which the Foreign Cluster Connector has for what is not given. */
const usual = { mtu: 1340, port: 51840, server: 'wireguard-server', client: 'wireguard-client' } as const;

/** What a connection asks for, in the words of a VirtualNodeShortcut. */
export function wantedLink(connection: Connection, options: MappingOptions): WantedLink {
  return connection.kind === 'ForeignClusterConnection'
    ? fromForeignClusters(connection.spec, options)
    : fromVirtualNodes(connection.spec);
}

function fromForeignClusters(
  { foreignClusterA, foreignClusterB, networking = {} }: ForeignClusterConnection['spec'],
  { liqoNamespace }: MappingOptions,
): WantedLink {
  const { mtu, serverServiceType, serverServicePort } = networking;
  const server = templateRef(networking.serverTemplateName, networking.serverTemplateNamespace, {
    name: usual.server,
    namespace: liqoNamespace,
  });
  const client = templateRef(networking.clientTemplateName, networking.clientTemplateNamespace, {
    name: usual.client,
    namespace: liqoNamespace,
  });
  return {
    clusters: [foreignClusterA, foreignClusterB],
    gateway: {
      server: foreignClusterB,
      service: { type: serverServiceType || 'LoadBalancer', port: serverServicePort || usual.port },
      mtu: mtu || usual.mtu,
      ...(server === undefined ? {} : { serverTemplateRef: server }),
      ...(client === undefined ? {} : { clientTemplateRef: client }),
    },
    withoutEffect: withoutEffect(networking),
  };
}

/** The first form left all of this to the Foreign Cluster Connector, which took a NodePort. */
function fromVirtualNodes({
  virtualNodeA,
  kubeconfigA,
  virtualNodeB,
  kubeconfigB,
}: Extract<Connection, { kind: 'VirtualNodeConnection' }>['spec']): WantedLink {
  const named = { kubeconfigA, kubeconfigB };
  return {
    clusters: [virtualNodeA, virtualNodeB],
    gateway: { server: virtualNodeB, service: { type: 'NodePort', port: usual.port }, mtu: usual.mtu },
    withoutEffect: Object.entries(named)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([field]) => `spec.${field} (the LeafCluster names the kubeconfig)`),
  };
}

/** Left out where it is the one that is taken anyway: a leaf without Liqo has no templates. */
function templateRef(name: string | undefined, namespace: string | undefined, own: Required<TemplateRef>) {
  const ref = { namespace: namespace || own.namespace, name: name || own.name };
  return isDeepStrictEqual(ref, { namespace: own.namespace, name: own.name }) ? undefined : ref;
}

function withoutEffect({ timeoutSeconds, wait }: Networking): string[] {
  return [
    ...(timeoutSeconds ? ['spec.networking.timeoutSeconds (the controller never gives up)'] : []),
    ...(wait === undefined ? [] : ['spec.networking.wait (the status always tells whether packets pass)']),
  ];
}

/** The shortcut for a connection, to be created. */
export function newShortcut(connection: Connection, { clusters: [a, b], gateway }: WantedLink): VirtualNodeShortcut {
  const { namespace = '', name, uid = '' } = connection.metadata;
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: {
      name: shortcutNameOf(connection),
      labels: {
        [connectionLabels.uid]: uid,
        [connectionLabels.kind]: connection.kind,
        [connectionLabels.namespace]: namespace,
      },
      annotations: { [connectionNameAnnotation]: name },
    },
    spec: { clusters: [{ id: a }, { id: b }], gateway },
  };
}

/** Whether a shortcut links the two clusters that are wanted; which two it links cannot be changed. */
export function linksWanted({ spec }: VirtualNodeShortcut, { clusters }: WantedLink): boolean {
  return spec.clusters.every(({ id }) => clusters.includes(id));
}

/** The gateway that a shortcut shall have: as wanted, and as it is where a connection has no field for it. */
export function gatewayWithWanted({ spec }: VirtualNodeShortcut, { gateway }: WantedLink): Gateway {
  const { serverTemplateRef: _, clientTemplateRef: __, ...kept } = spec.gateway ?? {};
  return { ...kept, ...gateway, service: { ...kept.service, ...gateway.service } };
}
