import type { LiqoObject } from '@leafway/liqo';
import { type Change, type Controller, objectKey } from '@leafway/reconciler';
import { type Caches, remotesOf } from './caches.ts';

/** One loop for each concern. */
export interface Controllers {
  /** By key of the object. */
  readonly networks: Controller;
  readonly configurations: Controller;
  readonly ips: Controller;
  /** By ID of the remote cluster. */
  readonly gateways: Controller;
  readonly connections: Controller;
}

/** Says which change of which object wakes which loop. */
export function connectTriggers(caches: Caches, controllers: Controllers): void {
  const { configurations, networks, ips, gatewayServers, gatewayClients, publicKeys, connections } = caches;
  const wakeGateway = (change: Change<LiqoObject>): void => {
    for (const id of remotesTouched(change)) controllers.gateways.enqueue(id);
  };
  const wakeConfigurations = (): void => {
    for (const configuration of configurations.list()) controllers.configurations.enqueue(objectKey(configuration));
  };

  configurations.onChange((change) => {
    controllers.configurations.enqueue(change.key);
    // Ranges that it had are free now, perhaps for one that found none.
    if (change.after === undefined) wakeConfigurations();
    wakeGateway(change);
  });
  networks.onChange(({ key, before, after }) => {
    controllers.networks.enqueue(key);
    if (before?.status?.cidr !== after?.status?.cidr) wakeConfigurations();
  });
  ips.onChange(({ key, before, after }) => {
    controllers.ips.enqueue(key);
    // An address leads somewhere in every gateway of the cluster.
    if (before?.status?.ip === after?.status?.ip) return;
    for (const gateway of [...gatewayServers.list(), ...gatewayClients.list()]) {
      for (const id of remotesOf(gateway)) controllers.gateways.enqueue(id);
    }
  });
  gatewayServers.onChange(wakeGateway);
  gatewayClients.onChange(wakeGateway);
  publicKeys.onChange(wakeGateway);
  connections.onChange((change) => {
    for (const id of remotesTouched(change)) controllers.connections.enqueue(id);
  });
}

/** A label may have changed: then both remotes are touched. */
function remotesTouched({ before, after }: Change<LiqoObject>): Set<string> {
  return new Set([...remotesOf(before), ...remotesOf(after)]);
}
