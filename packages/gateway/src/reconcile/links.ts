import type { PingReport } from '../ping/session.ts';

/** What is known of the live tunnels, as the Connections shall tell it. Lives in memory: pings fill it again. */
export interface Links {
  /** The peer of this gateway object was set or changed just now. */
  setPeer(remoteClusterID: string, gatewayUID: string): void;
  /** The gateway object whose tunnel has or had a peer. */
  gatewayUID(remoteClusterID: string): string | undefined;
  report(remoteClusterID: string, report: PingReport, at: Date): void;
  latest(remoteClusterID: string): (PingReport & { readonly at: Date }) | undefined;
  forget(remoteClusterID: string): void;
}

export function createLinks(): Links {
  const gateways = new Map<string, string>();
  const reports = new Map<string, PingReport & { readonly at: Date }>();
  return {
    setPeer: (id, gatewayUID) => {
      // What was measured with another peer says nothing of this one.
      reports.delete(id);
      gateways.set(id, gatewayUID);
    },
    gatewayUID: (id) => gateways.get(id),
    report: (id, report, at) => {
      reports.set(id, { ...report, at });
    },
    latest: (id) => reports.get(id),
    forget: (id) => {
      gateways.delete(id);
      reports.delete(id);
    },
  };
}
