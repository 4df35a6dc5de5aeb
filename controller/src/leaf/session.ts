import type {
  ConfigMap,
  Configuration,
  GatewayClient,
  GatewayServer,
  GatewayTemplateReading,
  LiqoObject,
  Network,
} from '@leafway/liqo';
import {
  type BackOffLimits,
  backOffMs,
  type Clock,
  type ClusterConnection,
  type KubeApi,
  type Logger,
  type Metrics,
  type Random,
  sleep,
} from '@leafway/reconciler';
import { isSettled, runUnlessRefused } from '../optional-cache.ts';
import type { Subject } from '../shortcut/key-binding.ts';
import type { LeafObjects } from '../shortcut/observation.ts';
import { accountOf } from './account.ts';
import { createLeafCaches, type LeafCaches } from './caches.ts';
import { credentialExpiry } from './credential-expiry.ts';
import { identify } from './identify.ts';
import { type Credential, followRenewals } from './renewals.ts';
import { StampClock } from './stamp-clock.ts';

export interface SessionDependencies {
  /** Reads the leaf's credentials anew; throws with a sentence for people when they cannot be used. */
  readonly credentials: (signal: AbortSignal) => Promise<ClusterConnection>;
  /** `cluster` is what errors call it. */
  readonly connect: (connection: ClusterConnection, cluster: string) => KubeApi & { close(): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly liqoNamespace: string;
  /** That object on the leaf changed; or, without one, whether the leaf can be used at all. */
  readonly onChange: (object: LiqoObject | undefined) => void;
}

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
  #credential: Credential | undefined;
  #account: Subject | undefined;

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

  /** What it is logged in to with, or will be; `undefined` before that was read. */
  get credential(): Credential | undefined {
    return this.#credential;
  }

  /** As whom the leaf knows us; `undefined` where our credentials do not say. */
  get account(): Subject | undefined {
    return this.#account;
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

  /** `undefined` where the leaf does not serve them, or does not let us see them. */
  get templates(): readonly GatewayTemplateReading[] | undefined {
    return this.#live?.caches.templates();
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
    try {
      const identity = await identify(live.api, this.#deps.clock);
      if (identity !== live.identity) live.giveUp(new Error('another cluster answers now'));
    } catch (error) {
      live.giveUp(error instanceof Error ? error : new Error(String(error)));
    } finally {
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

  /** What the leaf has for that link; what was seen last when it is away, `undefined` when nothing was yet. */
  objectsFor(remoteClusterID: string, shortcutUID: string): LeafObjects | undefined {
    const found = this.#live?.caches.objectsFor(remoteClusterID, shortcutUID);
    if (found === undefined) return undefined;
    return { ...found, connections: found.connections.map((object) => ({ object, ...this.#stamps.look(object) })) };
  }

  /** Takes the answer of a write, so that the next look already sees it. */
  observe(object: LiqoObject): void {
    this.#live?.caches.observe(object);
    // What we could write now and not watch then: only a new connection sees it.
    if (this.#live?.caches.isRefused(object)) this.#live.giveUp(new Error('its rights for us have changed'));
  }

  /** Works until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    const renewals = this.#followRenewals(signal);
    let failures = 0;
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      await this.#connectOnce(signal).catch((error: unknown) => this.#fail(error));
      // What worked for a while failed for a new reason.
      failures = clock.monotonicMs() - startMs > retry.maxMs ? 1 : failures + 1;
      await sleep(clock, backOffMs(failures, retry, random), signal);
    }
    await renewals;
  }

  #followRenewals(signal: AbortSignal): Promise<void> {
    const { clock, credentials: read, onChange } = this.#deps;
    const onRenewed = (credential: Credential): void => {
      this.#credential = credential;
      onChange(undefined);
    };
    return followRenewals({ clock, read, onRenewed, credential: () => this.#credential }, signal);
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
    const connection = await this.#deps.credentials(signal);
    this.#credential = { expiresAt: credentialExpiry(connection) };
    this.#account = accountOf(connection);
    const api = this.#deps.connect(connection, this.id);
    try {
      await this.#watch(api, await identify(api, this.#deps.clock, signal), signal);
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
    const { clock, random, log, metrics, liqoNamespace, onChange } = this.#deps;
    const caches = createLeafCaches({
      ...{ api, cluster: this.id, liqoNamespace, clock, random, metrics, onChange },
      log: log.child({ leaf: this.id }),
      onGone: (object) => this.#forget(object),
    });
    let failure: Error | undefined;
    const giveUp = (reason: Error): void => {
      failure ??= reason;
      stop.abort();
    };
    const judge = (): void => {
      if (signal.aborted) return;
      const problem = caches.needed.map((cache) => cache.problem).find((found) => found !== undefined);
      if (problem !== undefined) giveUp(problem);
      if (problem !== undefined || !caches.needed.every((cache) => cache.synced)) return;
      if (!caches.optional.every(isSettled)) return;
      this.#live = { api, identity, caches, giveUp };
      this.#setProblem(undefined);
    };
    for (const cache of [...caches.needed, ...caches.optional]) {
      cache.onProblem(judge);
      void cache.whenSynced(signal).then(judge, () => undefined);
    }
    // What may not be read any more is no longer known.
    for (const cache of caches.optional) cache.onProblem(() => onChange(undefined));
    await Promise.all([
      ...caches.needed.map((cache) => cache.run(signal)),
      ...caches.optional.map((cache) => runUnlessRefused(cache, signal)),
    ]);
    if (failure !== undefined) throw failure;
  }

  #forget({ metadata: { uid = '' } }: LiqoObject): void {
    this.#stamps.forget(uid);
    this.#keys.delete(uid);
  }
}

interface LiveLeaf {
  readonly api: KubeApi;
  readonly identity: string;
  readonly caches: LeafCaches;
  /** Ends this connection, for that reason. */
  readonly giveUp: (reason: Error) => void;
}
