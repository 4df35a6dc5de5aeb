import { decodeProbe, encodeProbe, type Probe } from '@leafway/liqo';

/** A peer, as the agent tells the probe process of it. */
export interface ProbeLink {
  readonly remoteClusterID: string;
  /** What this cluster calls the peer's probe address. */
  readonly address: string;
  /** Of the tunnel: the size of large probes. */
  readonly mtu: number;
  /** The tunnel carries packets, so the peer is probed; it is answered in any case. */
  readonly isConnected: boolean;
}

/** One line to the probe process: how a peer is from now on, or that there is none any more. */
export type ProbeOrder = ProbeLink | { readonly forget: string };

/** One line from the probe process: what it found out. */
export interface ProbeReport extends Probe {
  readonly remoteClusterID: string;
}

export function encodeOrder(order: ProbeOrder): string {
  return JSON.stringify(order);
}

/** Reads what `encodeOrder` wrote: both ends are of one version. */
export function decodeOrder(line: string): ProbeOrder {
  return JSON.parse(line) as ProbeOrder;
}

export function encodeReport({ remoteClusterID, ...probe }: ProbeReport): string {
  return `${remoteClusterID} ${encodeProbe(probe)}\n`;
}

/** `undefined` for a line that is no report. */
export function decodeReport(line: string): ProbeReport | undefined {
  const space = line.indexOf(' ');
  const probe = space > 0 ? decodeProbe(line.slice(space + 1)) : undefined;
  return probe && { remoteClusterID: line.slice(0, space), ...probe };
}
