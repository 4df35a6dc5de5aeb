import type { CompleteShortcutSpec, LeafFacts, SidePlan, VirtualNodeShortcut } from '@leafway/core';
import {
  annotationKeys,
  buildConfiguration,
  buildGatewayClient,
  buildGatewayServer,
  buildPublicKey,
  buildTenantNamespace,
  type Configuration,
  type Endpoint,
  type GatewayClient,
  type GatewayServer,
  type LinkSide,
  labelKeys,
  type PublicKey,
  type TenantNamespace,
} from '@leafway/liqo';

/** Everything that the objects of one side are made from. */
export interface SideInput {
  readonly shortcut: VirtualNodeShortcut;
  readonly spec: CompleteShortcutSpec;
  readonly side: SidePlan;
  readonly own: LeafFacts;
  readonly peer: LeafFacts;
  /** The tenant namespace of the peer on this leaf, by whatever name it has. */
  readonly namespace: string;
  /** Where this leaf's gateway templates are when the shortcut does not say. */
  readonly liqoNamespace: string;
}

/** Value of the label `app.kubernetes.io/managed-by` on what we make. */
export const managedByUs = 'leafway';

/** The marks by which every object on a leaf is known as ours. */
export function marksOf(shortcut: VirtualNodeShortcut): Record<'labels' | 'annotations', Record<string, string>> {
  return {
    labels: { [labelKeys.managedBy]: managedByUs, [labelKeys.shortcutUID]: shortcut.metadata.uid ?? '' },
    annotations: { [annotationKeys.shortcutName]: shortcut.metadata.name },
  };
}

function linkSide({ shortcut, side, namespace }: SideInput): LinkSide {
  return { remoteClusterID: side.peer, namespace, extra: marksOf(shortcut) };
}

export function desiredNamespace(shortcut: VirtualNodeShortcut, peer: string): TenantNamespace {
  return buildTenantNamespace(peer, marksOf(shortcut));
}

/** Only our agent takes wishes for names; a Liqo leaf's IPAM chooses by itself. */
export function desiredConfiguration(input: SideInput): Configuration {
  const texts = (ranges: SidePlan['names']['pod']): string[] => ranges.map(({ name }) => name.text);
  return buildConfiguration(linkSide(input), {
    remotePod: input.peer.pod.map(({ text }) => text),
    remoteExternal: input.peer.external.map(({ text }) => text),
    wanted:
      input.own.dataPlane === 'Leafway'
        ? { pod: texts(input.side.names.pod), external: texts(input.side.names.external) }
        : undefined,
  });
}

export function desiredServer(input: SideInput): GatewayServer {
  const { gateway } = input.spec;
  return buildGatewayServer(linkSide(input), {
    template: {
      name: gateway.serverTemplateRef?.name,
      namespace: gateway.serverTemplateRef?.namespace ?? input.liqoNamespace,
    },
    mtu: gateway.mtu,
    serviceType: gateway.service.type,
    port: gateway.service.port,
    nodePort: gateway.service.nodePort,
    loadBalancerIP: gateway.service.loadBalancerIP,
    serviceAnnotations: gateway.service.annotations,
  });
}

/** `endpoint` is what the server announces; the shortcut, then the server's LeafCluster, may override the address. */
export function desiredClient(input: SideInput, endpoint: Endpoint): GatewayClient {
  const { gateway } = input.spec;
  return buildGatewayClient(linkSide(input), {
    template: {
      name: gateway.clientTemplateRef?.name,
      namespace: gateway.clientTemplateRef?.namespace ?? input.liqoNamespace,
    },
    mtu: gateway.mtu,
    address: gateway.client?.address ?? input.peer.address ?? endpoint.address,
    port: gateway.client?.port ?? endpoint.port,
  });
}

export function desiredPublicKey(
  input: SideInput,
  publicKey: string,
  gateway: GatewayServer | GatewayClient,
): PublicKey {
  return buildPublicKey(linkSide(input), { publicKey, gateway });
}
