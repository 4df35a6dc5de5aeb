import type { Probe } from '@leafway/liqo';
import type { PingReport } from '../ping/session.ts';

/** A tunnel with a peer, and what was found out about it since it has this one. */
export interface Link {
  /** The gateway object that it belongs to. */
  readonly gatewayUID: string;
  /** The public keys of both ends. */
  readonly ownKey: string;
  readonly peerKey: string;
  /** The keys that the ends change to: with one of them in the place of its former it is the same tunnel. */
  readonly nextKeys: readonly string[];
  /** What the Connection still says is of an earlier peer. */
  readonly isNew: boolean;
  /** Where the peer is probed. */
  readonly way?: string;
  /** What the Connection still says of the probe is of a former name of the peer, or of a process that hung. */
  readonly isProbeVoid?: boolean;
  readonly ping?: (PingReport & { readonly at: Date }) | undefined;
  readonly probe?: Probe | undefined;
}

/** What makes a tunnel this one and no other. */
export type LinkKeys = Pick<Link, 'gatewayUID' | 'ownKey' | 'peerKey' | 'nextKeys'>;

/** The live tunnels, as the Connections shall tell of them. Lives in memory: pings and probes fill it again. */
export interface Links {
  get(remoteClusterID: string): Link | undefined;
  /** The tunnel has this peer now; of another one nothing is known any more. */
  setPeer(remoteClusterID: string, peer: LinkKeys & Pick<Link, 'isNew'>): void;
  /** The tunnel is the same with these keys. */
  setKeys(remoteClusterID: string, keys: LinkKeys): void;
  /** Where the tunnel's peer is probed; whether that is another address than before. */
  setWay(remoteClusterID: string, way: string): boolean;
  reportPing(remoteClusterID: string, report: PingReport, at: Date): void;
  reportProbe(remoteClusterID: string, probe: Probe): void;
  /** What was found out so far counts no more: whoever found it hung. */
  forgetPing(remoteClusterID: string): void;
  forgetProbe(remoteClusterID: string): void;
  forget(remoteClusterID: string): void;
}

export function createLinks(): Links {
  const links = new Map<string, Link>();
  const change = (id: string, news: Partial<Link>): void => {
    const link = links.get(id);
    if (link !== undefined) links.set(id, { ...link, ...news });
  };
  return {
    get: (id) => links.get(id),
    setPeer: (id, peer) => {
      links.set(id, peer);
    },
    setKeys: change,
    setWay: (id, way) => {
      const before = links.get(id)?.way;
      const isOtherWay = before !== undefined && before !== way;
      change(id, isOtherWay ? { way, isProbeVoid: true, probe: undefined } : { way });
      return isOtherWay;
    },
    // What a probe found before the tunnel fell silent is of no use when it speaks again.
    reportPing: (id, report, at) =>
      change(id, { ping: { ...report, at }, ...(report.value === 'Error' ? { probe: undefined, isNew: false } : {}) }),
    reportProbe: (id, probe) => change(id, { probe, isNew: false, isProbeVoid: false }),
    forgetPing: (id) => change(id, { ping: undefined, probe: undefined, isNew: true }),
    forgetProbe: (id) => change(id, { probe: undefined, isProbeVoid: true }),
    forget: (id) => {
      links.delete(id);
    },
  };
}
