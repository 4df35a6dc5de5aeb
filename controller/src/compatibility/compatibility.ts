import type { VirtualNodeShortcut } from '@leafway/core';
import {
  type Cache,
  type Clock,
  type Controller,
  createCache,
  createController,
  type KubeApi,
  type Logger,
  type Metrics,
  type Random,
  type ResourceType,
} from '@leafway/reconciler';
import { type Connection, connectionTypes, shortcutNameOf } from './connection.ts';
import { reconcileConnection } from './reconciler.ts';

/** What carries connections out works with. */
export interface CompatibilityDependencies {
  readonly central: KubeApi;
  /** What metrics call the central cluster. */
  readonly cluster: string;
  /** Of the central cluster; somebody else runs it. */
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly liqoNamespace: string;
}

/** Carries connections out as shortcuts. Until the API server has their kinds it waits for these. */
export interface Compatibility {
  /** Keeps the caches current until `signal` aborts; writes nothing. Call it once. */
  follow(signal: AbortSignal): Promise<void>;
  /** Does the work until `signal` aborts. Only while following, and when the shortcuts are read. */
  lead(signal: AbortSignal): Promise<void>;
}

/** An index of the connections: the name of the shortcut of each. */
const byShortcut = 'shortcut';

/** One controller for each of the two kinds; they do nothing before `lead`. */
export function createCompatibility(deps: CompatibilityDependencies): Compatibility {
  const parts = connectionTypes.map((type) => createPart(deps, type));
  return {
    follow: async (signal) => {
      await Promise.all(parts.map(({ connections }) => connections.run(signal)));
    },
    lead: async (signal) => {
      await Promise.all(parts.map((part) => lead(part, signal)));
    },
  };
}

interface Part {
  readonly connections: Cache<Connection>;
  readonly controller: Controller;
}

function createPart(deps: CompatibilityDependencies, type: ResourceType): Part {
  const { central, cluster, shortcuts, clock, random, log, metrics, liqoNamespace } = deps;
  const ports = { clock, random, log, metrics };
  const indexes = { [byShortcut]: (connection: Connection) => [shortcutNameOf(connection)] };
  const connections = createCache<Connection>({ ...ports, api: central, cluster, type, indexes });
  const own = { central, clock, type, connections, shortcuts, liqoNamespace };
  const controller = createController({
    ...ports,
    name: type.kind.toLowerCase(),
    reconcile: (key, { signal }) => reconcileConnection(own, key, signal),
  });
  connections.onChange(({ key }) => controller.enqueue(key));
  shortcuts.onChange(({ key }) => {
    for (const { metadata } of connections.byIndex(byShortcut, key))
      controller.enqueue(`${metadata.namespace}/${metadata.name}`);
  });
  return { connections, controller };
}

async function lead({ connections, controller }: Part, signal: AbortSignal): Promise<void> {
  const isSynced = await connections.whenSynced(signal).then(
    () => true,
    () => false, // Told to stop before.
  );
  if (isSynced) await controller.run(signal);
}
