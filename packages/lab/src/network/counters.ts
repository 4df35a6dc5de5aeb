import { podDevicePrefix } from './namespaces.ts';

const table = 'leafway_lab';
const counter = 'between_gateways';

/**
 * Counts what the centre's node forwards from one gateway to another: exactly the traffic between leaves, without
 * pings, ARP and what the centre's own pods send or receive. Every device of the node that is not a pod's is a
 * gateway's.
 */
export const forwardCounterRules = `
table ip ${table} {
  counter ${counter} {
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname != "${podDevicePrefix}*" oifname != "${podDevicePrefix}*" counter name "${counter}"
  }
}
`;

/** The command that reads the counter, in the centre's node. */
export const readForwardCounter = ['nft', '-j', 'list', 'counter', 'ip', table, counter] as const;

/** What one counter counted since the lab started. */
export interface TrafficCount {
  readonly packets: number;
  readonly bytes: number;
}

/** What one gateway's tunnel device moved since it was made. */
export interface TunnelCount {
  readonly cluster: string;
  /** The cluster at the other end. */
  readonly remote: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** The kernel's counters of the data plane, read at about the same time. */
export interface LabCounters {
  /** IPv4 packets that the centre's node forwarded between leaves. */
  readonly forwardedByCentre: TrafficCount;
  readonly tunnels: readonly TunnelCount[];
}

/** Reads the answer of `readForwardCounter`. */
export function parseForwardCounter(text: string): TrafficCount {
  const document = JSON.parse(text) as { nftables: { counter?: TrafficCount }[] };
  const found = document.nftables.find((entry) => entry.counter !== undefined)?.counter;
  if (found === undefined) throw new TypeError(`nft printed no counter: ${text}`);
  return { packets: found.packets, bytes: found.bytes };
}

/** Reads the answer of `ip -json -stats link show dev …`. */
export function parseTunnelCounter(text: string): { receivedBytes: number; sentBytes: number } {
  const [link] = JSON.parse(text) as { stats64: { rx: { bytes: number }; tx: { bytes: number } } }[];
  if (link === undefined) throw new TypeError('ip printed no link');
  return { receivedBytes: link.stats64.rx.bytes, sentBytes: link.stats64.tx.bytes };
}
