import { createHash } from 'node:crypto';

/** Where on this machine the gateways of one cluster live. */
export interface Site {
  /** This cluster. */
  readonly clusterID: string;
  /** The network namespace of the cluster's node: where its pods are reached. */
  readonly nodeNamespace: string;
  /** A gateway's own namespace is called this plus the ID of the remote cluster. */
  readonly gatewayNamespacePrefix: string;
  /** The network that the clusters' gateways share. */
  readonly uplink: { readonly namespace: string; readonly bridge: string; readonly prefixLength: number };
}

/** The namespace and devices of one gateway. */
export interface GatewayNames {
  readonly namespace: string;
  /** The node's end of the pair of devices between node and gateway; the other end is `fab0`. */
  readonly nodeDevice: string;
  /** The bridge's end of the pair of devices between bridge and gateway; the other end is `wan0`. */
  readonly uplinkDevice: string;
}

/** What the node's ends of all gateways begin with, so that one firewall rule means them all. */
export const nodeDevicePrefix = 'gw-';
const maxDeviceName = 15;

/** Names are the same after every restart, and differ between gateways also where a device name has no room for an ID. */
export function gatewayNames(site: Site, remoteClusterID: string): GatewayNames {
  const readable = `${nodeDevicePrefix}${remoteClusterID}`;
  return {
    namespace: `${site.gatewayNamespacePrefix}${remoteClusterID}`,
    nodeDevice: readable.length <= maxDeviceName ? readable : `${nodeDevicePrefix}${digest(remoteClusterID)}`,
    uplinkDevice: `w-${digest(`${site.clusterID}/${remoteClusterID}`)}`,
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
