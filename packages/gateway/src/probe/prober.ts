import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { type KeeperOptions, keepRunning } from '../child/keep-running.ts';
import { decodeReport, encodeOrder, type ProbeLink, type ProbeReport } from './lines.ts';

/** Keeps one process in the node's namespace that answers all peers' probes, and probes those whose tunnel is up. */
export interface Prober {
  /** The peer is at this address, through a tunnel of this MTU. */
  ensure(peer: Omit<ProbeLink, 'isConnected'>): void;
  /** Whether the tunnel carries packets: when it begins to, the peer is probed at once. */
  setConnected(remoteClusterID: string, isConnected: boolean): void;
  forget(remoteClusterID: string): void;
  stop(): void;
}

/** Who probes, from where, and who is told. */
export interface ProberOptions extends KeeperOptions {
  /** The node's. */
  readonly namespace: string;
  readonly clusterID: string;
  /** The own probe address; the node must have it. */
  readonly address: string;
  readonly onReport: (report: ProbeReport) => void;
  /** The process hung, and another one takes its place: of these peers nothing is known until that one reports. */
  readonly onSilence: (remoteClusterIDs: readonly string[]) => void;
}

/**
 * Another program of this package: in the sources, built, and bundled into the one file of an image it lies in the
 * folder of this name beside the folder of the code that runs, with the same ending.
 */
const file = fileURLToPath(
  new URL(`../probe/main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
);

/** A prober: one process on the node for the probes of all tunnels. */
export function createProber({
  namespace,
  clusterID,
  address,
  onReport,
  onSilence,
  ...options
}: ProberOptions): Prober {
  const links = new Map<string, ProbeLink>();
  const connected = new Set<string>();
  const child = keepRunning(options, {
    what: 'the probe process',
    file,
    args: [address, clusterID],
    namespace,
    onLine: (line) => {
      const report = decodeReport(line);
      // It may have been on its way when the tunnel fell silent.
      if (report !== undefined && connected.has(report.remoteClusterID)) onReport(report);
    },
    onStart: (send) => {
      for (const link of links.values()) send(encodeOrder(link));
    },
    onSilence: () => onSilence([...links.keys()]),
  });
  const set = (link: ProbeLink): void => {
    if (isDeepStrictEqual(links.get(link.remoteClusterID), link)) return;
    links.set(link.remoteClusterID, link);
    child.send(encodeOrder(link));
  };
  return {
    ensure: (peer) => set({ ...peer, isConnected: connected.has(peer.remoteClusterID) }),
    setConnected: (remoteClusterID, isConnected) => {
      if (isConnected) connected.add(remoteClusterID);
      else connected.delete(remoteClusterID);
      const link = links.get(remoteClusterID);
      if (link !== undefined) set({ ...link, isConnected });
    },
    forget: (remoteClusterID) => {
      connected.delete(remoteClusterID);
      if (links.delete(remoteClusterID)) child.send(encodeOrder({ forget: remoteClusterID }));
    },
    stop: child.stop,
  };
}
