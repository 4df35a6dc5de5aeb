import { resources } from '@leafway/liqo';
import { type ControllerOptions, createController } from '@leafway/reconciler';
import type { UplinkAddresses } from '../ipam/uplink-addresses.ts';
import { createDoors } from '../rotation/doors.ts';
import { createHandshakes } from '../wireguard/handshakes.ts';
import type { AgentDeps, AgentOptions } from './agent.ts';
import { createAnnouncements } from './announcements.ts';
import type { Caches } from './caches.ts';
import { createConfigurationReconciler } from './configurations.ts';
import { createConnectionReconciler } from './connections.ts';
import { createGatewayReconciler } from './gateways.ts';
import { createIPReconciler } from './ips.ts';
import { createKeyStore } from './key-store.ts';
import { createLinks } from './links.ts';
import { createNetworkReconciler } from './networks.ts';
import { createObservers, type Observers } from './observers.ts';
import { createPeers } from './peers.ts';
import { createProblems } from './problems.ts';
import type { Controllers } from './triggers.ts';
import { createWriter } from './writes.ts';

export interface ControllersOptions {
  readonly agent: AgentOptions;
  readonly probeAddress: string;
  readonly caches: Caches;
  readonly uplinkAddresses: UplinkAddresses;
}

/** Puts the loops of the agent together, and what looks at the links; nothing runs yet but the latter. */
export function createControllers(
  deps: AgentDeps,
  options: ControllersOptions,
): { readonly controllers: Controllers; readonly observers: Observers } {
  const { api, clock, dataPlane, events, log } = deps;
  const { agent, caches, uplinkAddresses } = options;
  const { site, ranges } = agent;
  const create = (parts: Pick<ControllerOptions, 'name' | 'reconcile' | 'concurrency'>) =>
    createController({ ...deps, ...parts });
  const links = createLinks();
  const handshakes = createHandshakes(clock);
  const problems = createProblems(events, log);
  const wakeConnection = (remoteClusterID: string): void => connections.enqueue(remoteClusterID);
  const wakeGateway = (remoteClusterID: string): void => gateways.enqueue(remoteClusterID);
  const observers = createObservers(deps, { ...options, links, handshakes, wakeConnection, wakeGateway });

  const networksWriter = createWriter(api, resources.networks, caches.networks);
  const networks = create({ name: 'networks', reconcile: createNetworkReconciler({ caches, writer: networksWriter }) });
  const configurationsWriter = createWriter(api, resources.configurations, caches.configurations);
  const configurations = create({
    name: 'configurations',
    concurrency: 1,
    reconcile: createConfigurationReconciler({ caches, writer: configurationsWriter, ranges, clock, problems }),
  });
  const ipsWriter = createWriter(api, resources.ips, caches.ips);
  const ips = create({
    name: 'ips',
    concurrency: 1,
    reconcile: createIPReconciler({ caches, writer: ipsWriter, external: ranges.external }),
  });
  const gateways = create({
    name: 'gateways',
    reconcile: createGatewayReconciler({
      ...observers,
      caches,
      site,
      dataPlane,
      uplinkAddresses,
      links,
      handshakes,
      problems,
      announcements: createAnnouncements({
        site,
        writers: {
          Server: createWriter(api, resources.gatewayServers, caches.gatewayServers),
          Client: createWriter(api, resources.gatewayClients, caches.gatewayClients),
        },
      }),
      keys: createKeyStore(api, clock),
      peers: createPeers({ ...deps, caches }),
      doors: createDoors({ clock, lookAtTunnel: (id) => dataPlane.lookAtTunnel(id) }),
      onPeer: wakeConnection,
    }),
  });
  const connectionsWriter = createWriter(api, resources.connections, caches.connections);
  const connections = create({
    name: 'connections',
    reconcile: createConnectionReconciler({ api, caches, links, writer: connectionsWriter }),
  });
  return { controllers: { networks, configurations, ips, gateways, connections }, observers };
}
