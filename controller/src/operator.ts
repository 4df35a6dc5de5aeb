import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { type ConfigMap, clusterIDOf, type LiqoObject, labelKeys, remoteClusterIDOf, resources } from '@leafway/liqo';
import {
  type Cache,
  type Clock,
  type ClusterConnection,
  type Controller,
  createCache,
  createController,
  type KubeApi,
  type KubeObject,
  type Logger,
  type Random,
  type ResourceType,
} from '@leafway/reconciler';
import { Fleet, type LeafAccess } from './leaf/fleet.ts';
import { reconcileLeaf } from './leaf/reconciler.ts';
import { readCredentials } from './secret-ref.ts';
import { keyOf } from './shortcut/acceptance.ts';
import { shortcutFinalizer } from './shortcut/decide.ts';
import { accessOf, reconcileShortcut } from './shortcut/reconciler.ts';

export interface OperatorDependencies {
  readonly central: KubeApi;
  readonly connect: (connection: ClusterConnection) => KubeApi & { close(): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface OperatorOptions {
  /** Where Liqo is installed, on the centre and on the leaves. */
  readonly liqoNamespace: string;
  /** The centre's own ID where no ConfigMap tells it. */
  readonly clusterID?: string | undefined;
}

export interface Operator {
  /** Works until `signal` aborts, then finishes what is under way. */
  run(signal: AbortSignal): Promise<void>;
  /** True once everything on the central cluster was read. */
  readonly ready: boolean;
}

/** Facts of a leaf change in bursts; one look is enough for all of them. */
const factsDelayMs = 100;

/** The operator of the central cluster: the controllers of both kinds around one fleet of leaf sessions. */
export function createOperator(deps: OperatorDependencies, options: OperatorOptions): Operator {
  const { central, clock, random, log } = deps;
  const { liqoNamespace } = options;
  const cache = <T extends KubeObject>(
    type: ResourceType,
    extra: Partial<Parameters<typeof createCache<T>>[0]> = {},
  ): Cache<T> => createCache<T>({ api: central, type, clock, random, log, ...extra });
  const leafClusters = cache<LeafCluster>(kinds.leafClusters);
  const configMaps = cache<ConfigMap>(resources.configMaps, {
    namespace: liqoNamespace,
    labelSelector: labelKeys.appName,
  });
  const shortcuts = cache<VirtualNodeShortcut>(kinds.shortcuts, {
    indexes: { pair: (shortcut) => [keyOf(shortcut) ?? ''], leaf: ({ spec }) => spec.clusters.map(({ id }) => id) },
  });
  const fleet = new Fleet({
    connect: deps.connect,
    credentials: ({ ref }, signal) => readCredentials(central, ref, signal),
    clock,
    random,
    log,
    liqoNamespace,
    onChange: leafChanged,
  });
  const leafController: Controller = createController({
    name: 'leafcluster',
    reconcile: (key, { signal }) =>
      reconcileLeaf(
        { central, leafClusters, shortcuts, clock, liqoNamespace, session: (leaf) => fleet.session(ownAccess(leaf)) },
        key,
        signal,
      ),
    concurrency: 16,
    clock,
    random,
    log,
  });
  const shortcutController: Controller = createController({
    name: 'virtualnodeshortcut',
    reconcile: (key, { signal }) =>
      reconcileShortcut(
        {
          central,
          shortcuts,
          leafClusters,
          clock,
          liqoNamespace,
          centralClusterID: () =>
            configMaps
              .list()
              .map(clusterIDOf)
              .find((id) => id !== undefined) ?? options.clusterID,
          session: (end) => {
            const leaf = leafClusters.get(end.id);
            return leaf === undefined ? undefined : fleet.session(accessOf(end, leaf));
          },
        },
        key,
        signal,
      ),
    concurrency: 16,
    clock,
    random,
    log,
  });

  function leafChanged(leaf: string, object: LiqoObject | undefined): void {
    // Connections move all the time, and are no facts about the leaf: they only count while it is cleaned up.
    const isOwing = (leafClusters.get(leaf)?.status?.pendingCleanup ?? []).length > 0;
    if (isOwing || object?.kind !== resources.connections.kind) leafController.enqueueAfter(leaf, factsDelayMs);
    const remoteClusterID = object === undefined ? undefined : remoteClusterIDOf(object);
    for (const { metadata, spec } of shortcuts.byIndex('leaf', leaf)) {
      if (remoteClusterID === undefined || spec.clusters.some(({ id }) => id === remoteClusterID)) {
        shortcutController.enqueue(metadata.name);
      }
    }
  }

  function retainSessions(): void {
    const accesses: LeafAccess[] = leafClusters.list().map(ownAccess);
    for (const end of shortcuts.list().flatMap(({ spec }) => spec.clusters)) {
      const leaf = leafClusters.get(end.id);
      if (leaf !== undefined) accesses.push(accessOf(end, leaf));
    }
    fleet.retain(accesses);
  }

  shortcuts.onChange(({ before, after }) => {
    if (before?.metadata.generation !== after?.metadata.generation) retainSessions();
    const held = [before, after].map((version) => version?.metadata.finalizers?.includes(shortcutFinalizer) === true);
    if (held[0] !== held[1]) {
      for (const { id } of (after ?? before)?.spec.clusters ?? []) leafController.enqueue(id);
    }
    for (const version of [before, after]) {
      if (version === undefined) continue;
      shortcutController.enqueue(version.metadata.name);
      // Who was refused because of this one may have its turn now.
      for (const rival of shortcuts.byIndex('pair', keyOf(version) ?? ''))
        shortcutController.enqueue(rival.metadata.name);
    }
  });
  leafClusters.onChange(({ key, before, after }) => {
    if (before?.metadata.generation !== after?.metadata.generation) retainSessions();
    leafController.enqueue(key);
    for (const { metadata } of shortcuts.byIndex('leaf', key)) shortcutController.enqueue(metadata.name);
  });

  const centralCaches = [leafClusters, shortcuts, configMaps];
  return {
    get ready() {
      return centralCaches.every((one) => one.synced);
    },
    async run(signal) {
      const watching = centralCaches.map((one) => one.run(signal));
      const isSynced = await Promise.all(centralCaches.map((one) => one.whenSynced(signal))).then(
        () => true,
        () => false, // Told to stop before.
      );
      if (isSynced) await Promise.all([leafController.run(signal), shortcutController.run(signal)]);
      await fleet.close();
      await Promise.all(watching);
    },
  };
}

const ownAccess = (leaf: LeafCluster): LeafAccess => ({ leaf: leaf.metadata.name, ref: leaf.spec.kubeconfigSecretRef });
