import {
  buildConfiguration,
  buildTenantNamespace,
  type Configuration,
  type ConfigurationReading,
  type Network,
  readConfiguration,
  resources,
} from '@leafway/liqo';
import { sideAbout, type TunnelEnd, waitForAgent } from './link.ts';
import { createObject } from './objects.ts';
import { liqoNamespace } from './resource-types.ts';

/** What a cluster calls the ranges of another. */
export type GivenNames = Extract<ConfigurationReading, { ready: true }>;

/** Waits until a cluster's agent says which ranges are its own: only then can it give names to others. */
export async function waitForOwnNetworks(at: TunnelEnd): Promise<void> {
  await Promise.all(
    ['pod-cidr', 'external-cidr'].map((name) =>
      waitForAgent<Network, string>(at, {
        type: resources.networks,
        namespace: liqoNamespace,
        name,
        what: 'the range of the Network',
        accept: ({ status }) => status?.cidr || undefined,
      }),
    ),
  );
}

/**
 * Tells a cluster the ranges of a remote and waits until it has given them names.
 * A cluster gives names in the order in which it is told, so the caller decides the order.
 */
export async function nameRanges(at: TunnelEnd, remote: TunnelEnd): Promise<GivenNames> {
  const side = sideAbout(remote);
  const { pod, external } = remote.plan.networks;
  await createObject(at.admin, resources.namespaces, buildTenantNamespace(remote.plan.id));
  const configuration = buildConfiguration(side, { remotePod: [pod], remoteExternal: [external] });
  await createObject(at.admin, resources.configurations, configuration);
  return waitForAgent<Configuration, GivenNames>(at, {
    type: resources.configurations,
    namespace: side.namespace,
    name: side.remoteClusterID,
    what: 'the names in the Configuration',
    accept: (current) => {
      const reading = readConfiguration(current);
      return reading.ready ? reading : undefined;
    },
  });
}
