import { createHash } from 'node:crypto';

/** Where on this machine the gateways of one cluster live. */
export interface Site {
  /** This cluster. */
  readonly clusterID: string;
  /** The network namespace of the cluster's node: where its pods are reached. */
  readonly nodeNamespace: string;
  /** A gateway's own namespace is called this plus the ID of the remote cluster. */
  readonly gatewayNamespacePrefix: string;
  readonly uplink: Uplink;
}

/** How gateways reach those of other clusters. */
export type Uplink =
  /** By a bridge that the gateways of several clusters share, each with an address of its own: the lab's way. */
  | { readonly kind: 'bridge'; readonly namespace: string; readonly bridge: string; readonly prefixLength: number }
  /**
   * Through a real node, which has this address for others: it passes ports of its own on to the gateways, whose
   * addresses nobody but it knows. Its namespace is the agent's own, under the name `nodeNamespace`.
   */
  | { readonly kind: 'node'; readonly address: string };

/** The addresses that a real node's gateways have, and the node's own among them; link-local, they never leave it. */
export const nodeUplink = { range: '169.254.32.0/22', router: '169.254.32.1' } as const;

/** The ports of a real node from which its gateways dial others, and which therefore lead to no server. */
export const dialPorts = { first: 20_000, last: 29_999 } as const;

/** The network namespace that the gateways' uplinks lead to. */
export function uplinkNamespace({ uplink, nodeNamespace }: Site): string {
  return uplink.kind === 'bridge' ? uplink.namespace : nodeNamespace;
}

/** The namespace and devices of one gateway. */
export interface GatewayNames {
  readonly namespace: string;
  /** The node's end of the pair of devices between node and gateway; the other end is `fab0`. */
  readonly nodeDevice: string;
  /** The bridge's or the node's end of the pair of devices that is the gateway's uplink; the other end is `wan0`. */
  readonly uplinkDevice: string;
  /** The table of a real node's rules for this gateway. */
  readonly entryTable: string;
}

/** What the node's ends of all gateways begin with, so that one firewall rule means them all. */
export const nodeDevicePrefix = 'gw-';
/** The same for the other ends of uplinks. */
export const uplinkDevicePrefix = 'w-';
const maxDeviceName = 15;

/** Names are the same after every restart, and differ between gateways also where a device name has no room for an ID. */
export function gatewayNames(site: Site, remoteClusterID: string): GatewayNames {
  const unique = digest(`${site.clusterID}/${remoteClusterID}`);
  const readable = `${nodeDevicePrefix}${remoteClusterID}`;
  return {
    namespace: `${site.gatewayNamespacePrefix}${remoteClusterID}`,
    nodeDevice: readable.length <= maxDeviceName ? readable : `${nodeDevicePrefix}${digest(remoteClusterID)}`,
    uplinkDevice: `${uplinkDevicePrefix}${unique}`,
    entryTable: `leafway_${unique}`,
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
