/** Labels that Liqo reads or writes, and ours. */
export const labelKeys = {
  remoteClusterID: 'liqo.io/remote-cluster-id',
  tenantNamespace: 'liqo.io/tenant-namespace',
  appName: 'app.kubernetes.io/name',
  appVersion: 'app.kubernetes.io/version',
  partOf: 'app.kubernetes.io/part-of',
  gatewayResource: 'networking.liqo.io/gateway-resource',
  configured: 'configuration.liqo.io/configured',
  networkType: 'ipam.liqo.io/network-type',
  networkNotRemapped: 'ipam.liqo.io/network-not-remapped',
  networkShared: 'ipam.liqo.io/network-shared',
  /** UID of the VirtualNodeShortcut that made an object on a leaf: the truth about what is ours. */
  shortcutUID: 'leafway.dev/shortcut-uid',
  managedBy: 'app.kubernetes.io/managed-by',
} as const;

/** Annotations of ours; Liqo passes them over. */
export const annotationKeys = {
  /** On a gateway object of our agent: its public key, base64 of 32 bytes. */
  publicKey: 'leafway.dev/public-key',
  /** On a gateway object, by the centre: names a request for another key. */
  rotateKey: 'leafway.dev/rotate-key',
  /** On a gateway object of our agent: the last request for another key that was carried out. */
  rotatedKey: 'leafway.dev/rotated-key',
  /** On a gateway object of our agent: the public key that it changes to when it is told that the peer is prepared. */
  nextPublicKey: 'leafway.dev/next-public-key',
  /** On a PublicKey, by the centre: the key that the other end changes to. */
  nextPeerKey: 'leafway.dev/next-peer-key',
  /** On a gateway object of our agent: the next key of the peer, which it takes over from the present one by itself. */
  preparedForKey: 'leafway.dev/prepared-for-key',
  /** On a gateway object, by the centre: the peer is prepared for that next key. */
  useKey: 'leafway.dev/use-key',
  /** On a gateway object of our agent: why it cannot be as it should be, in a sentence. */
  problem: 'leafway.dev/problem',
  /** On a Configuration: the ranges that the centre planned, see `encodeWantedCIDRs`. */
  wantedCIDRs: 'leafway.dev/wanted-cidrs',
  /** On a Connection of our agent: the result of its probe through the tunnel. */
  probe: 'leafway.dev/probe',
  /** On the ConfigMap with the cluster's ID: `Leafway` where our agent runs the data plane. */
  dataPlane: 'leafway.dev/data-plane',
  /** On an object on a leaf: the name of the VirtualNodeShortcut that made it, for people. */
  shortcutName: 'leafway.dev/shortcut-name',
} as const;

/** Values of `ipam.liqo.io/network-type`. */
export const networkTypes = {
  pod: 'pod-cidr',
  service: 'service-cidr',
  external: 'external-cidr',
  internal: 'internal-cidr',
  reserved: 'reserved',
} as const;

/** Value of `app.kubernetes.io/name` on the ConfigMap that holds the cluster's ID. */
export const clusterIDConfigMapLabel = 'clusterid-configmap';

/** What a gateway's key Secret and Connection are called. */
export function gatewayResourceName(gateway: string): string {
  return `gw-${gateway}`;
}
