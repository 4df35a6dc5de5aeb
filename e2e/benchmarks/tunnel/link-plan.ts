import type { Role } from '@leafway/core';
import type { Site } from '@leafway/gateway';

/** One end of the link that is built for measuring. */
export interface LinkEnd {
  readonly site: Site;
  readonly role: Role;
  readonly port: number;
  readonly uplinkAddress: string;
  /** Network namespaces. */
  readonly node: string;
  readonly pod: string;
  readonly gateway: string;
  readonly podAddress: string;
  readonly podCIDR: string;
  /** The other end's pods: their own range, and what this end calls it. */
  readonly remote: { readonly real: string; readonly name: string };
}

/** As the shortcuts of the lab have it. */
export const mtu = 1340;

export const uplink = { kind: 'bridge', namespace: 'bench-inet', bridge: 'wan0br', prefixLength: 16 } as const;

/** No cluster ID of the lab has an underscore, so none of these names is one of the lab's. */
const ids = ['bench_a', 'bench_b'] as const;

/** The first asks, so it is the client: only that side can begin a handshake. */
export const ends: readonly [LinkEnd, LinkEnd] = [planEnd(0, 'Client'), planEnd(1, 'Server')];

/** The other end's pod, by its own address and by the name that the rules translate. */
export const addresses = { raw: podAddressIn(202), remap: podAddressIn(204) } as const;

function planEnd(index: 0 | 1, role: Role): LinkEnd {
  const other = index === 0 ? 1 : 0;
  const [id, remoteID] = [ids[index], ids[other]];
  const site = { clusterID: id, nodeNamespace: `node-${id}`, gatewayNamespacePrefix: `gw-${id}.`, uplink };
  return {
    site,
    role,
    port: 51_840,
    uplinkAddress: `172.31.${index + 1}.1`,
    node: site.nodeNamespace,
    pod: `pod-${id}`,
    gateway: `${site.gatewayNamespacePrefix}${remoteID}`,
    podAddress: podAddressIn(201 + index),
    podCIDR: `10.${201 + index}.0.0/16`,
    remote: { real: `10.${201 + other}.0.0/16`, name: `10.${203 + other}.0.0/16` },
  };
}

function podAddressIn(octet: number): string {
  return `10.${octet}.0.5`;
}
