import {
  type ConfigMap,
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  type LiqoResource,
  labelKeys,
  type Network,
  type PublicKey,
  remoteClusterIDOf,
  resources,
  type TenantNamespace,
} from '@leafway/liqo';
import {
  type BackOffLimits,
  backOffMs,
  type Cache,
  type Clock,
  type ClusterConnection,
  createCache,
  type KubeApi,
  type KubeObject,
  type Logger,
  type Random,
  sleep,
} from '@leafway/reconciler';
import type { LeafObjects } from '../shortcut/observation.ts';
import { StampClock } from './stamp-clock.ts';

export interface SessionDependencies {
  /** Reads the leaf's credentials anew; throws with a sentence for people when they cannot be used. */
  readonly credentials: (signal: AbortSignal) => Promise<ClusterConnection>;
  /** `cluster` is what errors call it. */
  readonly connect: (connection: ClusterConnection, cluster: string) => KubeApi & { close(): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly liqoNamespace: string;
  /** That object on the leaf changed; or, without one, whether the leaf can be used at all. */
  readonly onChange: (object: LiqoObject | undefined) => void;
}

const byRemote = 'remote';
const byShortcut = 'shortcut';
const answerWithinMs = 5_000;
const retry: BackOffLimits = { minMs: 1_000, maxMs: 30_000 };

/**
 * One leaf as the centre sees it: a connection, and a cache of everything that takes part in links, kept by watches.
 * It connects and reconnects by itself for as long as it runs; `problem` says why it is of no use at the moment.
 */
export class LeafSession {
  readonly id: string;
  readonly #deps: SessionDependencies;
  readonly #stamps: StampClock;
  /** Public keys that only a Secret holds, by the UID of their gateway; kept in memory alone. */
  readonly #keys = new Map<string, string>();
  #live: LiveLeaf | undefined;
  #problem: string | undefined = 'connecting';
  #isConnecting = true;
  #isDoubted = false;

  constructor(id: string, deps: SessionDependencies) {
    this.id = id;
    this.#deps = deps;
    this.#stamps = new StampClock(deps.clock);
  }

  /** Why the leaf cannot be used now; `undefined` when it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** True until the first attempt has an end: what the leaf has will be known in a moment, or that it is away. */
  get isConnecting(): boolean {
    return this.#isConnecting;
  }

  /** The UID of the leaf's kube-system namespace: the identity of the cluster that answers. */
  get identity(): string | undefined {
    return this.#live?.identity;
  }

  get api(): KubeApi | undefined {
    return this.#live?.api;
  }

  get networks(): readonly Network[] {
    return this.#live?.caches.networks.list() ?? [];
  }

  get configMaps(): readonly ConfigMap[] {
    return this.#live?.caches.configMaps.list() ?? [];
  }

  get configurations(): readonly Configuration[] {
    return this.#live?.caches.configurations.list() ?? [];
  }

  get gateways(): { servers: readonly GatewayServer[]; clients: readonly GatewayClient[] } {
    const caches = this.#live?.caches;
    return { servers: caches?.servers.list() ?? [], clients: caches?.clients.list() ?? [] };
  }

  /**
   * Asks the leaf whether it is still there, when it did not answer in time: its watches would be silent for long before
   * they told. Without an answer the leaf counts as away.
   */
  async doubt(): Promise<void> {
    const live = this.#live;
    if (live === undefined || this.#isDoubted) return;
    this.#isDoubted = true;
    const late = new AbortController();
    const cancel = this.#deps.clock.setTimer(answerWithinMs, () => late.abort());
    try {
      await live.api.get(resources.namespaces, { name: 'kube-system' }, late.signal);
    } catch (error) {
      live.giveUp(late.signal.aborted ? new Error(`it does not answer within ${answerWithinMs / 1_000} s`) : error);
    } finally {
      cancel();
      this.#isDoubted = false;
    }
  }

  learnKey(gatewayUID: string, publicKey: string): void {
    this.#keys.set(gatewayUID, publicKey);
    this.#deps.onChange(undefined);
  }

  keyFromSecret(gatewayUID: string): string | undefined {
    return this.#keys.get(gatewayUID);
  }

  /**
   * What the leaf has for its link with that remote, and whatever that shortcut made, however it is labelled now; what
   * was seen last when the leaf is away.
   */
  objectsFor(remoteClusterID: string, shortcutUID: string): LeafObjects | undefined {
    const caches = this.#live?.caches;
    if (caches === undefined) return undefined;
    const find = <T extends KubeObject>(cache: Cache<T>): readonly T[] => [
      ...new Set([...cache.byIndex(byRemote, remoteClusterID), ...cache.byIndex(byShortcut, shortcutUID)]),
    ];
    return {
      namespaces: find(caches.namespaces),
      configurations: find(caches.configurations),
      servers: find(caches.servers),
      clients: find(caches.clients),
      publicKeys: find(caches.publicKeys),
      connections: find(caches.connections).map((object) => ({ object, ...this.#stamps.look(object) })),
    };
  }

  /** Takes the answer of a write, so that the next look already sees it. */
  observe(object: LiqoObject): void {
    this.#live?.observers.get(object.kind)?.(object);
  }

  /** Works until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      await this.#connectOnce(signal).catch((error: unknown) => this.#fail(error));
      // What worked for a while failed for a new reason.
      failures = clock.monotonicMs() - startMs > retry.maxMs ? 1 : failures + 1;
      await sleep(clock, backOffMs(failures, retry, random), signal);
    }
  }

  #fail(error: unknown): void {
    this.#setProblem(error instanceof Error ? error.message : String(error));
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#isConnecting = false;
    if (problem !== undefined) this.#deps.log.warn({ leaf: this.id, problem }, 'leaf cannot be used');
    else this.#deps.log.info({ leaf: this.id }, 'leaf can be used');
    this.#deps.onChange(undefined);
  }

  /** From credentials to watches; throws when they are of no use any more. */
  async #connectOnce(signal: AbortSignal): Promise<void> {
    const api = this.#deps.connect(await this.#deps.credentials(signal), this.id);
    try {
      const system = await api.get<LiqoObject>(resources.namespaces, { name: 'kube-system' }, signal);
      const identity = system?.metadata.uid;
      if (identity === undefined) throw new Error('it has no kube-system namespace: this is not a Kubernetes cluster');
      await this.#watch(api, identity, signal);
    } finally {
      await api.close();
    }
  }

  /**
   * What was seen last stays readable until the new caches are complete: nobody ever sees half a leaf. Whatever goes
   * wrong ends it: who answers next may be another cluster, or want other credentials.
   */
  async #watch(api: KubeApi, identity: string, outer: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    const { caches, all, observers } = this.#createCaches(api);
    let failure: unknown;
    const giveUp = (reason: unknown): void => {
      failure ??= reason;
      stop.abort();
    };
    const judge = (): void => {
      if (signal.aborted) return;
      const problem = all.map((cache) => cache.problem).find((found) => found !== undefined);
      if (problem !== undefined) giveUp(problem);
      if (problem !== undefined || !all.every((cache) => cache.synced)) return;
      this.#live = { api, identity, caches, observers, giveUp };
      this.#setProblem(undefined);
    };
    for (const cache of all) {
      cache.onProblem(judge);
      void cache.whenSynced(signal).then(judge, () => undefined);
    }
    await Promise.all(all.map((cache) => cache.run(signal)));
    if (failure !== undefined) throw failure;
  }

  #createCaches(api: KubeApi): { caches: LeafCaches; all: AnyCache[]; observers: Observers } {
    const { clock, random, log, liqoNamespace } = this.#deps;
    const all: AnyCache[] = [];
    const observers = new Map<string, (object: LiqoObject) => void>();
    const make = <T extends LiqoObject>(
      type: LiqoResource,
      select: { labelSelector?: string; namespace?: string } = {},
    ): Cache<T> => {
      const cache = createCache<T>({
        api,
        type,
        ...select,
        indexes: {
          [byRemote]: (object) => [remoteClusterIDOf(object) ?? ''],
          [byShortcut]: (object) => [object.metadata.labels?.[labelKeys.shortcutUID] ?? ''],
        },
        clock,
        random,
        log: log.child({ leaf: this.id }),
      });
      cache.onChange(({ before, after }) => {
        // Both: a change of its labels takes an object from one link to another.
        for (const object of [before, after]) {
          if (object !== undefined) this.#deps.onChange(object);
        }
      });
      all.push(cache);
      observers.set(type.kind, (object) => cache.observe(object as T));
      return cache;
    };
    const caches: LeafCaches = {
      namespaces: make<TenantNamespace>(resources.namespaces, { labelSelector: labelKeys.tenantNamespace }),
      configMaps: make<ConfigMap>(resources.configMaps, { namespace: liqoNamespace, labelSelector: labelKeys.appName }),
      networks: make<Network>(resources.networks),
      configurations: make<Configuration>(resources.configurations),
      servers: make<GatewayServer>(resources.gatewayServers),
      clients: make<GatewayClient>(resources.gatewayClients),
      publicKeys: make<PublicKey>(resources.publicKeys),
      connections: make<Connection>(resources.connections),
    };
    caches.connections.onChange(({ before, after }) => {
      if (after === undefined && before !== undefined) this.#stamps.forget(before.metadata.uid ?? '');
    });
    for (const gateways of [caches.servers, caches.clients]) {
      gateways.onChange(({ before, after }) => {
        if (after === undefined && before !== undefined) this.#keys.delete(before.metadata.uid ?? '');
      });
    }
    return { caches, all, observers };
  }
}

interface LeafCaches {
  readonly namespaces: Cache<TenantNamespace>;
  readonly configMaps: Cache<ConfigMap>;
  readonly networks: Cache<Network>;
  readonly configurations: Cache<Configuration>;
  readonly servers: Cache<GatewayServer>;
  readonly clients: Cache<GatewayClient>;
  readonly publicKeys: Cache<PublicKey>;
  readonly connections: Cache<Connection>;
}

type AnyCache = Pick<Cache<LiqoObject>, 'run' | 'synced' | 'whenSynced' | 'problem' | 'onProblem'>;
type Observers = ReadonlyMap<string, (object: LiqoObject) => void>;

interface LiveLeaf {
  readonly api: KubeApi;
  readonly identity: string;
  readonly caches: LeafCaches;
  readonly observers: Observers;
  /** Ends this connection, for that reason. */
  readonly giveUp: (reason: unknown) => void;
}
