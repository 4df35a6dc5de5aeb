import type { Role } from '@leafway/core';
import { tunnelDevice } from '../wireguard/device.ts';
import { type GatewayNames, nodeUplink, type Site } from './site.ts';

/** The gateway's devices beside the tunnel. */
export const fabricDevice = 'fab0';
export const uplinkDevice = 'wan0';

/** Both ends of the pair of devices between a node and each of its gateways; each pair is a network of its own. */
const nodeFabricAddress = '169.254.2.1';
export const gatewayFabricAddress = '169.254.2.2';

/** The tunnel's inner addresses (as in Liqo 1.2). */
const innerAddresses = { Server: '169.254.18.1', Client: '169.254.18.2' } as const;
const innerPrefixLength = 30;

/** Routing tables of a gateway, also used as the priorities of the rules that lead to them. */
const towardsTunnel = 100;
const towardsNode = 200;
const towardsPods = 300;
export const rulePriorities: readonly number[] = [towardsTunnel, towardsNode];

/** This side's address inside the tunnel, with its prefix length. */
export function tunnelAddress(role: Role): string {
  return `${innerAddresses[role]}/${innerPrefixLength}`;
}

/** Both ends' addresses inside the tunnel, for the pings. */
export function pingAddresses(role: Role): { readonly own: string; readonly peer: string } {
  return role === 'Server'
    ? { own: innerAddresses.Server, peer: innerAddresses.Client }
    : { own: innerAddresses.Client, peer: innerAddresses.Server };
}

/** In the node: an address of its own that lies in a range of its pods. */
export function nodeAddressCommands(address: string): string[] {
  return [`address replace ${address}/32 dev lo`];
}

/** In the node: its link to a new gateway. */
export function nodeLinkCommands(names: GatewayNames): string[] {
  return [
    `link add ${names.nodeDevice} type veth peer name ${fabricDevice} netns ${names.namespace}`,
    `address add ${nodeFabricAddress}/32 dev ${names.nodeDevice}`,
    `link set ${names.nodeDevice} up`,
  ];
}

/** In the uplink's namespace: the link of the bridge, or of the node, to a new gateway. */
export function uplinkLinkCommands({ uplink }: Site, names: GatewayNames, uplinkAddress: string): string[] {
  const add = `link add ${names.uplinkDevice} type veth peer name ${uplinkDevice} netns ${names.namespace}`;
  if (uplink.kind === 'bridge') return [add, `link set ${names.uplinkDevice} master ${uplink.bridge} up`];
  return [
    add,
    `address add ${nodeUplink.router}/32 dev ${names.uplinkDevice}`,
    `link set ${names.uplinkDevice} up`,
    `route replace ${uplinkAddress}/32 dev ${names.uplinkDevice}`,
  ];
}

/**
 * In a new gateway: everything but the tunnel. Where a packet goes is decided by where it came from, because both
 * clusters may have the same ranges. What the gateway itself has to say to a pod (that a packet is too big) goes to
 * the node. The rules come last: they tell that all the rest was done.
 */
export function gatewayBaseCommands(site: Site, uplinkAddress: string): string[] {
  return [
    'link set lo up',
    `address add ${gatewayFabricAddress}/32 dev ${fabricDevice}`,
    `link set ${fabricDevice} up`,
    ...uplinkAddressCommands(site, uplinkAddress),
    `link set ${uplinkDevice} up`,
    `route add default via ${nodeFabricAddress} dev ${fabricDevice} onlink table ${towardsNode}`,
    ...ownPacketsCommands(site),
    `rule add iif ${fabricDevice} lookup ${towardsTunnel} pref ${towardsTunnel}`,
    `rule add iif ${tunnelDevice} lookup ${towardsNode} pref ${towardsNode}`,
  ];
}

/**
 * Where the gateway's own packets go. To other gateways on the same bridge they need no route; through a node all but
 * what is said to pods goes there, which are errors about their packets, by ICMP.
 */
function ownPacketsCommands({ uplink }: Site): string[] {
  if (uplink.kind === 'bridge') return [`route add default via ${nodeFabricAddress} dev ${fabricDevice} onlink`];
  return [
    `route add default via ${nodeUplink.router} dev ${uplinkDevice} onlink`,
    `rule add iif lo ipproto icmp lookup ${towardsNode} pref ${towardsPods}`,
  ];
}

/**
 * The hardware address follows from the address, so that a gateway that was made anew is found where its neighbours
 * remember it.
 */
function uplinkAddressCommands({ uplink }: Site, uplinkAddress: string): string[] {
  const hardware = [
    '02',
    '00',
    ...uplinkAddress.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0')),
  ];
  return [
    `link set ${uplinkDevice} address ${hardware.join(':')}`,
    `address add ${uplinkAddress}/${uplink.kind === 'bridge' ? uplink.prefixLength : 32} dev ${uplinkDevice}`,
  ];
}

/** In a gateway: another address in the network between the clusters. */
export function uplinkChangeCommands(site: Site, uplinkAddress: string): string[] {
  return [`address flush dev ${uplinkDevice}`, ...uplinkAddressCommands(site, uplinkAddress)];
}

/** In a gateway: what fits through the tunnel from now on. */
export function tunnelSizeCommands(mtu: number): string[] {
  return [`link set ${tunnelDevice} mtu ${mtu}`];
}

/** In a gateway: sets an existing tunnel device, whatever its role was. */
export function tunnelCommands(tunnel: { readonly role: Role; readonly mtu: number }): string[] {
  return [
    `link set ${tunnelDevice} mtu ${tunnel.mtu} up`,
    `address flush dev ${tunnelDevice}`,
    `address add ${tunnelAddress(tunnel.role)} dev ${tunnelDevice}`,
    `route replace default via ${pingAddresses(tunnel.role).peer} dev ${tunnelDevice} table ${towardsTunnel}`,
  ];
}

/** In the node: the way to a remote's ranges, by the names this cluster gave them. */
export function nodeRouteCommands(names: GatewayNames, add: readonly string[], remove: readonly string[]): string[] {
  return [
    ...remove.map((range) => `route del ${range} dev ${names.nodeDevice}`),
    ...add.map((range) => `route replace ${range} via ${gatewayFabricAddress} dev ${names.nodeDevice} onlink`),
  ];
}
