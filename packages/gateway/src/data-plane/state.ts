import type { Role } from '@leafway/core';
import type { WireGuardState } from '../wireguard/configuration.ts';

/** All that makes up one gateway, as it shall be. Secrets are kept apart: this may be compared, shown and remembered. */
export interface GatewayState {
  /** Address in the network between the clusters. */
  readonly uplinkAddress: string;
  readonly tunnel: { readonly role: Role; readonly mtu: number };
  readonly wireGuard: WireGuardState;
  /** The rules, as `gatewayRuleset` writes them. */
  readonly firewall: string;
  /** The rules of a real node for this gateway, as `entryRuleset` writes them. */
  readonly entry?: string | undefined;
  /** The ranges that the node sends through this gateway. */
  readonly nodeRoutes: readonly string[];
}

/** What there is of a gateway. A part that is absent is not there, or not as it should be, or simply not known. */
export interface ObservedGateway {
  /** The namespace exists, however incomplete. */
  readonly namespace: boolean;
  /** The namespace has its devices, addresses and routes, all but the tunnel's. */
  readonly complete: boolean;
  /** The node's and the bridge's ends of the gateway's links exist. */
  readonly nodeDevice: boolean;
  readonly uplinkDevice: boolean;
  readonly tunnelDevice: boolean;
  readonly uplinkAddress?: string | undefined;
  readonly tunnel?: GatewayState['tunnel'] | undefined;
  /** Absent also when the device exists and does not answer. */
  readonly wireGuard?: WireGuardState | undefined;
  readonly firewall?: string | undefined;
  readonly entry?: string | undefined;
  readonly nodeRoutes: readonly string[];
}

/** Nothing of a gateway is there. */
export const nothing: ObservedGateway = {
  namespace: false,
  complete: false,
  nodeDevice: false,
  uplinkDevice: false,
  tunnelDevice: false,
  nodeRoutes: [],
};

/** What there is after everything was made as `desired`. */
export function achieved(desired: GatewayState): ObservedGateway {
  return {
    ...nothing,
    ...desired,
    namespace: true,
    complete: true,
    nodeDevice: true,
    uplinkDevice: true,
    tunnelDevice: true,
  };
}
