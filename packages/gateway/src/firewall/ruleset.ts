import type { RangeMapping } from '@leafway/core';
import { probePort } from '../probe/datagram.ts';
import { fabricDevice } from '../routing/commands.ts';
import { dialPorts, nodeDevicePrefix, uplinkDevicePrefix } from '../routing/site.ts';
import { tunnelDevice } from '../wireguard/device.ts';

/** An address of this cluster's external range and where it leads (as in Liqo 1.2). */
export interface AddressMapping {
  readonly external: string;
  readonly real: string;
}

/** What the rules of one gateway are made from. `mtu` is that of the tunnel, in bytes. */
export interface GatewayFirewall {
  readonly mtu: number;
  /** What this cluster calls the remote's ranges; none while the Configuration is not ready: then nothing passes. */
  readonly ranges: readonly RangeMapping[];
  readonly addresses: readonly AddressMapping[];
}

const table = 'leafway';
/** IPv4 and TCP headers without options. */
const headerBytes = 40;

/** Takes the place of the whole table in one transaction: no packet sees a half-built one. */
function replaceTable(body: readonly string[]): string {
  return [removeTable(table), `table ip ${table} {`, ...body, '}', ''].join('\n');
}

/** Also where there is none. */
function removeTable(name: string): string {
  return [`table ip ${name} {`, '}', `delete table ip ${name}`].join('\n');
}

/**
 * The rules of a real node for one gateway: where a server can be reached, that port of the node leads to it. Its flows
 * are tracked by themselves: a client that dials before these rules are there, as after a restart of the node, would
 * otherwise be known for ever as one that speaks with the node itself.
 */
export function entryRuleset(name: string, entry?: { readonly port: number; readonly address: string }): string {
  if (entry === undefined) return `${removeTable(name)}\n`;
  const { port, address } = entry;
  const zone = zoneOf(address);
  const lines = [
    ...chain('own_flows', 'type filter hook prerouting priority raw;', [
      `fib daddr type local udp dport ${port} ct zone set ${zone}`,
      `ip saddr ${address} udp sport ${port} ct zone set ${zone}`,
    ]),
    ...chain('entry', 'type nat hook prerouting priority dstnat;', [
      `fib daddr type local udp dport ${port} dnat to ${address}`,
    ]),
  ];
  return [removeTable(name), `table ip ${name} {`, ...lines, '}', ''].join('\n');
}

/** Always the same for an address, so that what a zone remembers is never about another gateway. */
function zoneOf(address: string): number {
  const [, , third, fourth] = address.split('.').map(Number);
  return (third ?? 0) * 256 + (fourth ?? 0);
}

/**
 * The rules of one gateway (as in Liqo 1.2): on the way out the remote's name becomes its real address, on the
 * way in its real address becomes the name. From the tunnel only the remote's own ranges may speak.
 */
export function gatewayRuleset({ mtu, ranges, addresses }: GatewayFirewall): string {
  if (ranges.length === 0)
    return replaceTable(chain('forward', 'type filter hook forward priority filter; policy drop;', []));
  const renamed = ranges.filter(({ real, name }) => real.text !== name.text);
  return replaceTable([
    ...prefixMap(
      'name_to_real',
      renamed.map(({ real, name }) => [name.text, real.text]),
    ),
    ...prefixMap(
      'real_to_name',
      renamed.map(({ real, name }) => [real.text, name.text]),
    ),
    ...addressMap('external_to_real', addresses),
    ...chain('outgoing', 'type nat hook prerouting priority dstnat;', [
      `iifname "${fabricDevice}" dnat ip prefix to ip daddr map @name_to_real`,
      `iifname "${tunnelDevice}" dnat to ip daddr map @external_to_real`,
    ]),
    ...chain('incoming', 'type nat hook postrouting priority srcnat;', [
      `iifname "${tunnelDevice}" oifname "${fabricDevice}" snat ip prefix to ip saddr map @real_to_name`,
    ]),
    ...chain('forward', 'type filter hook forward priority mangle;', [
      `iifname "${tunnelDevice}" ip saddr != { ${ranges.map(({ real }) => real.text).join(', ')} } drop`,
      `oifname "${tunnelDevice}" tcp flags syn tcp option maxseg size set rt mtu`,
      `iifname "${tunnelDevice}" tcp flags syn tcp option maxseg size set ${mtu - headerBytes}`,
    ]),
  ]);
}

/**
 * The rules of the node: what goes to a remote and does not come from an own pod gets the "unknown source" address,
 * the first of the external range (as in Liqo 1.2), since the remote knows no other.
 *
 * The probe address is the node's own, and remotes reach it: it must not lead them to what listens on the node. Nor may
 * the node hear there that a packet was too big, or it would send the next one in fragments, and those pass.
 */
export function nodeRuleset(node: {
  readonly podCIDRs: readonly string[];
  readonly unknownSource: string;
  readonly probeAddress: string;
  /** The addresses of its gateways, on a real node. */
  readonly uplinkRange?: string | undefined;
}): string {
  const { podCIDRs, unknownSource, probeAddress, uplinkRange } = node;
  return replaceTable([
    ...(uplinkRange === undefined ? [] : realNodeChains(podCIDRs, uplinkRange)),
    ...chain('unknown_source', 'type nat hook postrouting priority 99;', [
      `ip saddr != { ${podCIDRs.join(', ')} } oifname "${nodeDevicePrefix}*" snat to ${unknownSource}`,
    ]),
    ...chain('probes', 'type filter hook input priority filter;', [
      `ip daddr ${probeAddress} meta l4proto != udp drop`,
      `ip daddr ${probeAddress} udp dport != ${probePort} ct state != established drop`,
    ]),
  ]);
}

/**
 * A real node has rules of others too. Pods keep their addresses towards remotes, also where the pods' network would hide
 * them behind the node's as for the rest of the world: whose address is decided once is not decided again. And gateways
 * have an address outside, and ports there that no server has: what comes to a server's is the server's.
 */
function realNodeChains(podCIDRs: readonly string[], uplinkRange: string): string[] {
  const pods = podCIDRs.join(', ');
  const gateways = `ip saddr ${uplinkRange} oifname != "${uplinkDevicePrefix}*"`;
  return chain('real_node', 'type nat hook postrouting priority 98;', [
    `ip saddr { ${pods} } oifname "${nodeDevicePrefix}*" snat to ip saddr`,
    `${gateways} meta l4proto udp masquerade to :${dialPorts.first}-${dialPorts.last}`,
    `${gateways} masquerade`,
  ]);
}

function chain(name: string, head: string, rules: readonly string[]): string[] {
  return [`  chain ${name} {`, ...[head, ...rules].map((line) => `    ${line}`), '  }'];
}

function prefixMap(name: string, pairs: readonly (readonly [string, string])[]): string[] {
  return map(name, 'type ipv4_addr : interval ipv4_addr; flags interval;', pairs);
}

function addressMap(name: string, addresses: readonly AddressMapping[]): string[] {
  return map(
    name,
    'type ipv4_addr : ipv4_addr;',
    addresses.map(({ external, real }) => [external, real]),
  );
}

function map(name: string, type: string, pairs: readonly (readonly [string, string])[]): string[] {
  const elements = pairs.map(([from, to]) => `${from} : ${to}`).join(', ');
  return [`  map ${name} {`, `    ${type}`, ...(elements === '' ? [] : [`    elements = { ${elements} }`]), '  }'];
}
