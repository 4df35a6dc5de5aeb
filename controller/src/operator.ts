import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import {
  type ConfigMap,
  type Configuration,
  clusterIDOf,
  type LiqoObject,
  labelKeys,
  remoteClusterIDOf,
  resources,
} from '@leafway/liqo';
import {
  type Cache,
  type Change,
  type Clock,
  type ClusterConnection,
  type Controller,
  createCache,
  createController,
  type KubeApi,
  type KubeObject,
  type Logger,
  limitWrites,
  type Metrics,
  type Random,
  type WriteLimits,
} from '@leafway/reconciler';
import { type Compatibility, createCompatibility } from './compatibility/compatibility.ts';
import type { OperatorEvents } from './events.ts';
import { createFleetMetrics, type FleetMetrics } from './fleet-metrics.ts';
import { LeafDiscovery } from './leaf/discovery.ts';
import { differInLinksOnly, isOwing, isReplaced, unusableReason } from './leaf/facts.ts';
import { accessTo, Fleet } from './leaf/fleet.ts';
import { createKubeconfigSource } from './leaf/kubeconfig-source.ts';
import { type LeafReconcilerDependencies, reconcileLeaf } from './leaf/reconciler.ts';
import type { LeafSession } from './leaf/session.ts';
import { lookAgainMs } from './optional-cache.ts';
import { Claims } from './shortcut/claims.ts';
import { isHeld } from './shortcut/finalizer.ts';
import { ShortcutReconciler } from './shortcut/reconciler.ts';

/** The ports of an operator: the central cluster, a way to the leaves, time, and where it tells what it does. */
export interface OperatorDependencies {
  readonly central: KubeApi;
  /** Connects to a leaf; `cluster` is what errors call it. */
  readonly connect: (connection: ClusterConnection, cluster: string) => KubeApi & { close(): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where people are told what happened. */
  readonly events: OperatorEvents;
}

/** What an operator has to be told of the installation. */
export interface OperatorOptions {
  /** Where Liqo is installed, on the centre and on the leaves. */
  readonly liqoNamespace: string;
  /** The centre's own ID; the ConfigMap that tells it is not looked for then. */
  readonly clusterID?: string | undefined;
  /** Whether ForeignClusterConnections and VirtualNodeConnections are carried out, too. */
  readonly compatibility?: boolean | undefined;
  /** Whether each leaf that Liqo is peered with gets a LeafCluster; it does by default. */
  readonly discovery?: boolean | undefined;
}

/** Of several operators all follow the clusters, and one leads: it is warm when it is its turn. */
export interface Operator {
  /** Keeps the caches of the centre and of every leaf current until `signal` aborts; writes nothing. Call it once. */
  follow(signal: AbortSignal): Promise<void>;
  /** Does the work until `signal` aborts, then finishes what is under way. Only while following. */
  lead(signal: AbortSignal): Promise<void>;
  /** True once everything on the central cluster was read. */
  readonly ready: boolean;
}

/** What errors and metrics call the cluster that this runs on. */
export const centralName = 'the central cluster';

/** Facts of a leaf change in bursts; one look is enough for all of them. */
const factsDelayMs = 500;
/** A link that works is looked at so much later when its leaf has got other links, or lost some: many may come at once. */
const othersDelayMs = 5_000;

/** The operator of the central cluster: the controllers of both kinds around one fleet of leaf sessions. */
export function createOperator(deps: OperatorDependencies, options: OperatorOptions): Operator {
  return new CentralOperator(deps, options);
}

class CentralOperator implements Operator {
  readonly #deps: OperatorDependencies;
  readonly #options: OperatorOptions;
  readonly #leafClusters: Cache<LeafCluster>;
  readonly #shortcuts: Cache<VirtualNodeShortcut>;
  /** What tells the centre's own ID, unless that is given. */
  readonly #configMaps: Cache<ConfigMap> | undefined;
  /** What the centre calls the ranges of its leaves. No link needs it. */
  readonly #configurations: Cache<Configuration>;
  readonly #discovery: LeafDiscovery | undefined;
  readonly #fleet: Fleet;
  readonly #claims: Claims;
  readonly #fleetMetrics: FleetMetrics;
  readonly #leafController: Controller;
  readonly #shortcutReconciler: ShortcutReconciler;
  readonly #shortcutController: Controller;
  readonly #compatibility: Compatibility | undefined;

  constructor(ports: OperatorDependencies, options: OperatorOptions) {
    const central = limitWrites(ports.central, centralLimits, ports.clock);
    const deps = { ...ports, central };
    this.#deps = deps;
    this.#options = options;
    const { connect, clock, random, log, metrics } = deps;
    const { liqoNamespace } = options;
    const common = { api: central, cluster: centralName, clock, random, log, metrics };
    this.#leafClusters = createCache<LeafCluster>({ ...common, type: kinds.leafClusters });
    const inLiqo = { namespace: liqoNamespace, labelSelector: labelKeys.appName };
    this.#configMaps =
      options.clusterID === undefined
        ? createCache<ConfigMap>({ ...common, type: resources.configMaps, ...inLiqo })
        : undefined;
    this.#configurations = createCache<Configuration>({
      ...{ ...common, type: resources.configurations, retryRefusedMs: lookAgainMs },
      indexes: { leaf: (configuration) => [remoteClusterIDOf(configuration) ?? ''] },
    });
    this.#shortcuts = createCache<VirtualNodeShortcut>({
      ...common,
      type: kinds.shortcuts,
      indexes: {
        leaf: ({ spec }) => spec.clusters.map(({ id }) => id),
        [bySide]: ({ spec: { clusters } }) => clusters.map(({ id }, end) => sideKey(id, clusters[1 - end]?.id ?? '')),
        [byCredentials]: (shortcut) => (hasOwnCredentials(shortcut) ? [own] : []),
      },
    });
    const [leafClusters, shortcuts] = [this.#leafClusters, this.#shortcuts];
    this.#discovery =
      options.discovery === false
        ? undefined
        : new LeafDiscovery({ ...deps, cluster: centralName, leafClusters, shortcuts });
    this.#fleet = new Fleet({
      connect,
      clock,
      random,
      log,
      metrics,
      liqoNamespace,
      source: (secret) => createKubeconfigSource({ central, clock, random, log }, secret),
      whoseIsIt: (leaf, identity) => this.#strangerWords(leaf, identity),
      onChange: (leaf, object) => this.#leafChanged(leaf, object),
    });
    this.#claims = new Claims({
      centralClusterID: () => this.#centralClusterID(),
      shortcut: (name) => this.#shortcuts.get(name),
      wake: (name) => this.#shortcutController.enqueue(name),
    });
    this.#fleetMetrics = createFleetMetrics(metrics);
    this.#shortcutReconciler = this.#createShortcutReconciler();
    this.#leafController = this.#createLeafController();
    this.#shortcutController = this.#createShortcutController();
    this.#compatibility =
      options.compatibility === true
        ? createCompatibility({ ...deps, cluster: centralName, shortcuts: this.#shortcuts, liqoNamespace })
        : undefined;
    this.#shortcuts.onChange((change) => this.#claims.shortcutChanged(change));
    this.#leafClusters.onChange((change) => this.#claims.leafChanged(change));
    this.#shortcuts.onChange((change) => this.#fleetMetrics.shortcutChanged(change));
    this.#leafClusters.onChange((change) => this.#fleetMetrics.leafChanged(change));
    this.#shortcuts.onChange((change) => this.#shortcutChanged(change));
    this.#leafClusters.onChange((change) => this.#leafClusterChanged(change));
    this.#configurations.onChange((change) => this.#centreChanged(change));
  }

  get ready(): boolean {
    return this.#centralCaches.every((cache) => cache.synced);
  }

  async follow(signal: AbortSignal): Promise<void> {
    const optional = [this.#discovery, this.#compatibility].map((part) => part?.follow(signal));
    const caches = [...this.#centralCaches, this.#configurations];
    await Promise.all([...caches.map((cache) => cache.run(signal)), ...optional]);
    await this.#fleet.close();
  }

  async lead(signal: AbortSignal): Promise<void> {
    const isSynced = await Promise.all(this.#centralCaches.map((cache) => cache.whenSynced(signal))).then(
      () => true,
      () => false, // Told to stop before.
    );
    if (!isSynced) return;
    this.#claims.lead();
    const controllers = [this.#leafController.run(signal), this.#shortcutController.run(signal)];
    await Promise.all([...controllers, this.#discovery?.lead(signal), this.#compatibility?.lead(signal)]);
  }

  get #centralCaches() {
    const always = [this.#leafClusters, this.#shortcuts];
    return this.#configMaps === undefined ? always : [...always, this.#configMaps];
  }

  #createLeafController(): Controller {
    const { central, clock, random, log, metrics } = this.#deps;
    const deps: LeafReconcilerDependencies = {
      central,
      clock,
      leafClusters: this.#leafClusters,
      shortcuts: this.#shortcuts,
      isBeingHeld: (shortcut) => this.#shortcutReconciler.isBeingHeld(shortcut),
      session: (leaf) => this.#fleet.session(accessTo(leaf)),
      events: this.#deps.events,
      onRecorded: (leaf) => {
        for (const { metadata } of this.#shortcuts.byIndex('leaf', leaf))
          this.#shortcutController.enqueue(metadata.name);
      },
      atCentre: (leaf) => this.#configurations.byIndex('leaf', leaf),
      liqoNamespace: this.#options.liqoNamespace,
    };
    const reconcile: Reconcile = (name, { signal }) => reconcileLeaf(deps, name, signal);
    return createController({ name: 'leafcluster', reconcile, concurrency, clock, random, log, metrics });
  }

  #createShortcutReconciler(): ShortcutReconciler {
    return new ShortcutReconciler({
      central: this.#deps.central,
      clock: this.#deps.clock,
      shortcuts: this.#shortcuts,
      leafClusters: this.#leafClusters,
      session: (end) => this.#sessionOf(end),
      isUnrecorded: (leaf) => this.#isUnrecorded(leaf),
      claims: this.#claims,
      events: this.#deps.events,
      onRepaired: this.#fleetMetrics.repaired,
      wake: (name) => this.#shortcutController.enqueue(name),
      wakeLeaf: (name) => this.#leafController.enqueue(name),
      liqoNamespace: this.#options.liqoNamespace,
    });
  }

  #createShortcutController(): Controller {
    const { clock, random, log, metrics } = this.#deps;
    const reconcile: Reconcile = (name, { signal }) => this.#shortcutReconciler.reconcile(name, signal);
    return createController({ name: 'virtualnodeshortcut', reconcile, concurrency, clock, random, log, metrics });
  }

  #sessionOf(end: ShortcutEnd): LeafSession | undefined {
    const leaf = this.#leafClusters.get(end.id);
    return leaf === undefined ? undefined : this.#fleet.session(accessTo(leaf, end.kubeconfigSecretRef));
  }

  #isUnrecorded(name: string): boolean {
    const leaf = this.#leafClusters.get(name);
    const session = leaf === undefined ? undefined : this.#fleet.session(accessTo(leaf));
    if (leaf === undefined || session === undefined || session.isRecorded) return false;
    // A shortcut may name credentials of its own, and be connected before.
    return session.isConnecting || unusableReason(leaf, session) === undefined;
  }

  #strangerWords(name: string, identity: string): string | undefined {
    const leaf = this.#leafClusters.get(name);
    if (leaf !== undefined && !isReplaced(leaf, { identity })) return undefined;
    const owner = this.#leafClusters.list().find(({ status }) => status?.identity?.uid === identity);
    return owner === undefined ? 'another cluster' : `the cluster of LeafCluster ${owner.metadata.name}`;
  }

  #centralClusterID(): string | undefined {
    if (this.#configMaps === undefined) return this.#options.clusterID;
    return this.#configMaps
      .list()
      .map(clusterIDOf)
      .find((id) => id !== undefined);
  }

  #leafChanged(leaf: string, object: LiqoObject | undefined): void {
    // Connections move all the time, and are no facts about the leaf: they only count while it is cleaned up.
    const leafCluster = this.#leafClusters.get(leaf);
    const isCleaned = leafCluster !== undefined && isOwing(leafCluster);
    if (isCleaned || object?.kind !== resources.connections.kind) this.#leafController.enqueueAfter(leaf, factsDelayMs);
    const remoteClusterID = object === undefined ? undefined : remoteClusterIDOf(object);
    const concerned =
      remoteClusterID === undefined
        ? this.#shortcuts.byIndex('leaf', leaf)
        : this.#shortcuts.byIndex(bySide, sideKey(leaf, remoteClusterID));
    for (const { metadata } of concerned) this.#shortcutController.enqueue(metadata.name);
  }

  #centreChanged({ before, after }: Change<Configuration>): void {
    for (const configuration of [before, after]) {
      const leaf = configuration === undefined ? undefined : remoteClusterIDOf(configuration);
      if (leaf !== undefined) this.#leafController.enqueueAfter(leaf, factsDelayMs);
    }
  }

  #shortcutChanged({ before, after }: Change<VirtualNodeShortcut>): void {
    // All others reach their leaves with what the LeafClusters name.
    if (isOfOtherSpec(before, after) && [before, after].some(hasOwnCredentials)) this.#retainSessions();
    if (isHeld(before) !== isHeld(after)) {
      // The LeafClusters are held as long as a shortcut is.
      for (const { id } of (after ?? before)?.spec.clusters ?? []) this.#leafController.enqueue(id);
    }
    for (const version of [before, after]) {
      if (version !== undefined) this.#shortcutController.enqueue(version.metadata.name);
    }
  }

  #leafClusterChanged({ key, before, after }: Change<LeafCluster>): void {
    if (isOfOtherSpec(before, after)) this.#retainSessions();
    this.#leafController.enqueue(key);
    const isOfLinks = differInLinksOnly(before, after);
    for (const { metadata, status } of this.#shortcuts.byIndex('leaf', key)) {
      if (isOfLinks && status?.phase === 'Ready') this.#shortcutController.enqueueAfter(metadata.name, othersDelayMs);
      else this.#shortcutController.enqueue(metadata.name);
    }
  }

  #retainSessions(): void {
    const accesses = this.#leafClusters.list().map((leaf) => accessTo(leaf));
    for (const end of this.#shortcuts.byIndex(byCredentials, own).flatMap(({ spec }) => spec.clusters)) {
      const leaf = this.#leafClusters.get(end.id);
      if (leaf !== undefined) accesses.push(accessTo(leaf, end.kubeconfigSecretRef));
    }
    this.#fleet.retain(accesses);
  }
}

type ShortcutEnd = VirtualNodeShortcut['spec']['clusters'][number];
type Reconcile = Parameters<typeof createController>[0]['reconcile'];

/** Nobody waits for a run on a leaf that hangs: it is each server that is asked only so much at once. */
const concurrency = Number.POSITIVE_INFINITY;

const centralLimits: WriteLimits = { inFlight: 64, whileFailing: { perSecond: 20, burst: 20 } };

/** An object made anew begins to count generations anew. */
const isOfOtherSpec = (before: KubeObject | undefined, after: KubeObject | undefined): boolean =>
  before?.metadata.uid !== after?.metadata.uid || before?.metadata.generation !== after?.metadata.generation;

/** An index of the shortcuts by one end as seen from the other: of what a leaf has, most is for one peer. */
const bySide = 'side';
const sideKey = (leaf: string, peer: string): string => `${leaf} ${peer}`;

/** An index of the shortcuts, and the only value in it. */
const byCredentials = 'credentials';
const own = 'own';

const hasOwnCredentials = (shortcut: VirtualNodeShortcut | undefined): boolean =>
  shortcut?.spec.clusters.some(({ kubeconfigSecretRef }) => kubeconfigSecretRef !== undefined) === true;
