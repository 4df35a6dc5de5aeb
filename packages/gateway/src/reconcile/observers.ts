import type { Pinger } from '../ping/pinger.ts';
import type { Prober } from '../probe/prober.ts';
import type { Handshakes } from '../wireguard/handshakes.ts';
import type { AgentDeps, AgentOptions } from './agent.ts';
import type { Links } from './links.ts';

/** The programs that look at the links. */
export interface Observers {
  readonly pinger: Pinger;
  readonly prober: Prober;
  stop(): void;
}

export interface ObserversOptions {
  readonly agent: AgentOptions;
  readonly probeAddress: string;
  readonly links: Links;
  readonly handshakes: Handshakes;
  /** Called when there is something to tell of a link, or to do for its gateway. */
  readonly wakeConnection: (remoteClusterID: string) => void;
  readonly wakeGateway: (remoteClusterID: string) => void;
}

/** Starts what looks at the links, and says what follows from what it finds. */
export function createObservers(deps: AgentDeps, options: ObserversOptions): Observers {
  const { clock, dataPlane, log } = deps;
  const { agent, probeAddress, links, handshakes, wakeConnection, wakeGateway } = options;
  const prober = deps.createProber({
    namespace: agent.site.nodeNamespace,
    clusterID: agent.clusterID,
    address: probeAddress,
    onReport: ({ remoteClusterID, ...probe }) => {
      log.info({ gateway: remoteClusterID, ...probe }, 'probed the way through the tunnel');
      links.reportProbe(remoteClusterID, probe);
      wakeConnection(remoteClusterID);
      if (probe.small === 'Passed' && probe.large === 'Passed') return;
      // A route or a rule may be gone that no ping needs.
      dataPlane.doubt(remoteClusterID);
      wakeGateway(remoteClusterID);
    },
    onSilence: (remoteClusterIDs) => {
      for (const id of remoteClusterIDs) {
        links.forgetProbe(id);
        wakeConnection(id);
      }
    },
  });
  const pinger = deps.createPinger({
    onReport: (remoteClusterID, report) => {
      links.reportPing(remoteClusterID, report, clock.now());
      prober.setConnected(remoteClusterID, report.value === 'Connected');
      wakeConnection(remoteClusterID);
      if (report.value === 'Connected') return;
      // A silent tunnel may be a broken one: a process that ended, a device that somebody removed. Or the other end's
      // was, and waits for us to shake hands.
      dataPlane.doubt(remoteClusterID);
      handshakes.begin(remoteClusterID);
      wakeGateway(remoteClusterID);
    },
    onSilence: (remoteClusterID) => {
      links.forgetPing(remoteClusterID);
      prober.setConnected(remoteClusterID, false);
      wakeConnection(remoteClusterID);
    },
  });
  const stop = (): void => {
    pinger.stopAll();
    prober.stop();
  };
  return { pinger, prober, stop };
}
