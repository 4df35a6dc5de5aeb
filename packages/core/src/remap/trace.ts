import type { Address } from '../address/address.ts';
import { type RemoteNames, toName } from './range-mapping.ts';

/** A packet's destination on one cluster of its path. */
export interface Hop {
  readonly cluster: string;
  readonly address: Address;
  /** What wrote this address into the packet; absent where the client dials it. */
  readonly rewrittenBy?: string;
}

/** One cluster and what it calls the ranges of the next one on a path. */
export interface View {
  readonly cluster: string;
  readonly names: RemoteNames;
}

/**
 * The destination of a packet to the pod with address `real` on cluster `to`, hop by hop through the direct tunnel
 * (contract section 7.4). The first hop is the address to dial. `undefined` when `from` has no name for the pod.
 */
export function traceDirect(input: { real: Address; to: string; from: View }): readonly Hop[] | undefined {
  const { real, to, from } = input;
  const dialled = toName(from.names, real);
  if (dialled === undefined) return undefined;
  return [
    { cluster: from.cluster, address: dialled },
    { cluster: to, address: real, rewrittenBy: gatewayOf(from.cluster, to) },
  ];
}

/**
 * The same through the central cluster, which gave the pod the address `centreIP` in its own external range
 * (an `IP` object, contract section 3.4). `undefined` when a cluster has no name for the next address.
 */
export function traceThroughCentre(input: {
  real: Address;
  to: string;
  from: View;
  centre: View & { readonly centreIP: Address };
}): readonly Hop[] | undefined {
  const { real, to, from, centre } = input;
  const dialled = toName(from.names, centre.centreIP);
  const atCentre = toName(centre.names, real);
  if (dialled === undefined || atCentre === undefined) return undefined;
  return [
    { cluster: from.cluster, address: dialled },
    { cluster: centre.cluster, address: centre.centreIP, rewrittenBy: gatewayOf(from.cluster, centre.cluster) },
    { cluster: centre.cluster, address: atCentre, rewrittenBy: `${centre.cluster}'s IP mapping` },
    { cluster: to, address: real, rewrittenBy: gatewayOf(centre.cluster, to) },
  ];
}

function gatewayOf(cluster: string, remote: string): string {
  return `${cluster}'s gateway to ${remote}`;
}
