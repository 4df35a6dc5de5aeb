import type { Cidr } from '@leafway/core';
import type { Clock, Controller, EventRecorder, KubeApi, Logger, Random } from '@leafway/reconciler';
import type { KeeperOptions } from '../child/keep-running.ts';
import type { DataPlane } from '../data-plane/data-plane.ts';
import { nodeRuleset } from '../firewall/ruleset.ts';
import { unknownSourceOf } from '../ipam/external-addresses.ts';
import { createUplinkAddresses } from '../ipam/uplink-addresses.ts';
import type { Pinger, PingerOptions } from '../ping/pinger.ts';
import { probeAddressOf } from '../probe/address.ts';
import type { Prober, ProberOptions } from '../probe/prober.ts';
import { nodeUplink, type Site } from '../routing/site.ts';
import { createCaches } from './caches.ts';
import { createControllers } from './controllers.ts';
import { ensureOwnObjects, type OwnIdentity } from './own-objects.ts';
import { connectTriggers } from './triggers.ts';

/** The ports of an agent: its cluster's API server, the machine's network, time, and where it tells what it does. */
export interface AgentDeps {
  readonly api: KubeApi;
  readonly dataPlane: DataPlane;
  readonly createPinger: (options: Omit<PingerOptions, keyof KeeperOptions>) => Pinger;
  readonly createProber: (options: Omit<ProberOptions, keyof KeeperOptions>) => Prober;
  readonly resolveHost: (name: string) => Promise<string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly events: EventRecorder;
  /** Called once all objects of the cluster are known and the work on them begins. */
  readonly onReady?: () => void;
}

/** Who the agent is, and where on the machine its gateways live. */
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
  const uplinkAddresses = createUplinkAddresses(options.uplinkAddresses);
  const { controllers, observers } = createControllers(deps, { agent: options, probeAddress, caches, uplinkAddresses });
  connectTriggers(caches, controllers);
  const following = [events, ...Object.values(caches)].map((each) => each.run(signal));
  await Promise.all(Object.values(caches).map((cache) => cache.whenSynced(signal)));
  // What nobody wants any more is found here too, and removed like anything else.
  for (const [remoteClusterID, { uplinkAddress }] of await dataPlane.discover()) {
    if (uplinkAddress !== undefined) uplinkAddresses.keep(remoteClusterID, uplinkAddress);
    controllers.gateways.enqueue(remoteClusterID);
  }
  log.info({}, 'agent running');
  deps.onReady?.();
  await Promise.all([
    ...following,
    ...Object.values(controllers).map((controller: Controller) => controller.run(signal)),
  ]);
  observers.stop();
  log.info({}, 'agent stopped, its tunnels stay up');
}

function nodeRules({ ranges, site }: AgentOptions, probeAddress: string): string {
  const podCIDRs = ranges.pod.map(({ text }) => text);
  const uplinkRange = site.uplink.kind === 'node' ? nodeUplink.range : undefined;
  return nodeRuleset({ podCIDRs, unknownSource: unknownSourceOf(ranges.external), probeAddress, uplinkRange });
}
