import type { Cidr } from '@leafway/core';
import { resources } from '@leafway/liqo';
import {
  type Clock,
  type Controller,
  createController,
  type EventRecorder,
  type KubeApi,
  type Logger,
  type Random,
} from '@leafway/reconciler';
import type { KeeperOptions } from '../child/keep-running.ts';
import type { DataPlane } from '../data-plane/data-plane.ts';
import { nodeRuleset } from '../firewall/ruleset.ts';
import { unknownSourceOf } from '../ipam/external-addresses.ts';
import { createUplinkAddresses } from '../ipam/uplink-addresses.ts';
import type { Pinger, PingerOptions } from '../ping/pinger.ts';
import { probeAddressOf } from '../probe/address.ts';
import type { Prober, ProberOptions } from '../probe/prober.ts';
import type { Site } from '../routing/site.ts';
import { createHandshakes } from '../wireguard/handshakes.ts';
import { type Caches, createCaches } from './caches.ts';
import { createConfigurationReconciler } from './configurations.ts';
import { createConnectionReconciler } from './connections.ts';
import { createGatewayReconciler } from './gateways.ts';
import { createIPReconciler } from './ips.ts';
import { createKeyStore } from './key-store.ts';
import { createLinks } from './links.ts';
import { createNetworkReconciler } from './networks.ts';
import { ensureOwnObjects, type OwnIdentity } from './own-objects.ts';
import { createPeers } from './peers.ts';
import { createProblems } from './problems.ts';
import { type Controllers, connectTriggers } from './triggers.ts';
import { createWriter } from './writes.ts';

export interface AgentDeps {
  readonly api: KubeApi;
  readonly dataPlane: DataPlane;
  readonly createPinger: (onReport: PingerOptions['onReport']) => Pinger;
  readonly createProber: (options: Omit<ProberOptions, keyof KeeperOptions>) => Prober;
  readonly resolveHost: (name: string) => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly events: EventRecorder;
}

export interface AgentOptions extends OwnIdentity {
  readonly site: Site;
  /** This cluster's part of the network between the clusters. */
  readonly uplinkAddresses: Cidr;
}

/**
 * Runs the agent of one cluster until the signal aborts. Tunnels stay up: the next agent finds them and takes over.
 * Rejects when the cluster cannot be set up at the start; later failures are tried again.
 */
export async function runAgent(deps: AgentDeps, options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { api, dataPlane, events, log } = deps;
  await ensureOwnObjects(api, options, signal);
  const probeAddress = probeAddressOf(options.ranges.pod);
  await dataPlane.prepareNode({ ruleset: nodeRules(options, probeAddress), probeAddress });
  const caches = createCaches({ ...deps, liqoNamespace: options.liqoNamespace });
  const { controllers, discover, stop } = createControllers(deps, { ...options, probeAddress }, caches);
  connectTriggers(caches, controllers);
  const following = [events, ...Object.values(caches)].map((each) => each.run(signal));
  await Promise.all(Object.values(caches).map((cache) => cache.whenSynced(signal)));
  // What nobody wants any more is found here too, and removed like anything else.
  for (const remoteClusterID of await discover()) controllers.gateways.enqueue(remoteClusterID);
  log.info({}, 'agent running');
  await Promise.all([
    ...following,
    ...Object.values(controllers).map((controller: Controller) => controller.run(signal)),
  ]);
  stop();
  log.info({}, 'agent stopped, its tunnels stay up');
}

function nodeRules({ ranges }: AgentOptions, probeAddress: string): string {
  const podCIDRs = ranges.pod.map(({ text }) => text);
  return nodeRuleset({ podCIDRs, unknownSource: unknownSourceOf(ranges.external), probeAddress });
}

function createControllers(deps: AgentDeps, options: AgentOptions & { readonly probeAddress: string }, caches: Caches) {
  const { api, dataPlane, clock, log } = deps;
  const { site, ranges } = options;
  const uplinkAddresses = createUplinkAddresses(options.uplinkAddresses);
  const links = createLinks();
  const problems = createProblems(deps.events, log);
  const handshakes = createHandshakes(clock);
  const pinger = deps.createPinger((remoteClusterID, report) => {
    links.reportPing(remoteClusterID, report, clock.now());
    prober.setConnected(remoteClusterID, report.value === 'Connected');
    controllers.connections.enqueue(remoteClusterID);
    if (report.value === 'Connected') return;
    // A silent tunnel may be a broken one: a process that ended, a device that somebody removed. Or the other end's
    // was, and waits for us to shake hands.
    dataPlane.doubt(remoteClusterID);
    handshakes.begin(remoteClusterID);
    controllers.gateways.enqueue(remoteClusterID);
  });
  const prober = deps.createProber({
    namespace: site.nodeNamespace,
    clusterID: options.clusterID,
    address: options.probeAddress,
    onReport: ({ remoteClusterID, ...probe }) => {
      log.info({ gateway: remoteClusterID, ...probe }, 'probed the way through the tunnel');
      links.reportProbe(remoteClusterID, probe);
      controllers.connections.enqueue(remoteClusterID);
      if (probe.small === 'Passed' && probe.large === 'Passed') return;
      // A route or a rule may be gone that no ping needs.
      dataPlane.doubt(remoteClusterID);
      controllers.gateways.enqueue(remoteClusterID);
    },
  });
  const controllers: Controllers = {
    networks: createController({
      ...deps,
      name: 'networks',
      reconcile: createNetworkReconciler({ caches, writer: createWriter(api, resources.networks, caches.networks) }),
    }),
    configurations: createController({
      ...deps,
      name: 'configurations',
      concurrency: 1,
      reconcile: createConfigurationReconciler({
        caches,
        writer: createWriter(api, resources.configurations, caches.configurations),
        ranges,
        clock,
        problems,
      }),
    }),
    ips: createController({
      ...deps,
      name: 'ips',
      concurrency: 1,
      reconcile: createIPReconciler({
        caches,
        writer: createWriter(api, resources.ips, caches.ips),
        external: ranges.external,
      }),
    }),
    gateways: createController({
      ...deps,
      name: 'gateways',
      reconcile: createGatewayReconciler({
        caches,
        site,
        dataPlane,
        uplinkAddresses,
        pinger,
        prober,
        links,
        writers: {
          Server: createWriter(api, resources.gatewayServers, caches.gatewayServers),
          Client: createWriter(api, resources.gatewayClients, caches.gatewayClients),
        },
        keys: createKeyStore(api, clock),
        handshakes,
        peers: createPeers({ ...deps, caches }),
        problems,
        onPeer: (remoteClusterID) => controllers.connections.enqueue(remoteClusterID),
      }),
    }),
    connections: createController({
      ...deps,
      name: 'connections',
      reconcile: createConnectionReconciler({
        api,
        caches,
        links,
        writer: createWriter(api, resources.connections, caches.connections),
      }),
    }),
  };
  const discover = async (): Promise<string[]> => {
    const found = await dataPlane.discover();
    for (const [id, { uplinkAddress }] of found)
      if (uplinkAddress !== undefined) uplinkAddresses.keep(id, uplinkAddress);
    return [...found.keys()];
  };
  const stop = (): void => {
    pinger.stopAll();
    prober.stop();
  };
  return { controllers, discover, stop };
}
