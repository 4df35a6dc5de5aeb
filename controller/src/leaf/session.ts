import { isDeepStrictEqual } from 'node:util';
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
  type ClusterConnection,
  isApiError,
  type KubeApi,
  type ResourceType,
  sleep,
} from '@leafway/reconciler';
import type { Subject } from '../shortcut/key-binding.ts';
import type { LeafObjects } from '../shortcut/observation.ts';
import { accountOf } from './account.ts';
import type { LeafCaches } from './caches.ts';
import { type ConnectionDependencies, LeafConnection } from './connection.ts';
import { credentialExpiry } from './credential-expiry.ts';
import type { KubeconfigSource } from './kubeconfig-source.ts';
import { missingRights } from './missing-rights.ts';
import { neededRights, type Right } from './rights.ts';
import { RightsReview } from './rights-review.ts';
import { StampClock } from './stamp-clock.ts';
import { Succession } from './succession.ts';

export interface SessionDependencies extends ConnectionDependencies {
  readonly source: KubeconfigSource;
  /** Whether a cluster with that identity may be taken for this leaf. */
  readonly isExpected: (identity: string) => boolean;
}

/** What a leaf is logged in to with, as far as others need to know it. */
export interface Credential {
  readonly expiresAt: Date | undefined;
  /** Why what its Secret holds now is not used; `undefined` when it is. */
  readonly refusal?: string | undefined;
}

const retry: BackOffLimits = { minMs: 1_000, maxMs: 30_000 };

/**
 * One leaf as the centre sees it. It connects and reconnects by itself for as long as it runs, and changes over to new
 * credentials without a gap; `problem` says why it is of no use at the moment.
 */
export class LeafSession {
  readonly id: string;
  readonly #deps: SessionDependencies;
  readonly #stamps: StampClock;
  readonly #rights: RightsReview;
  readonly #succession: Succession;
  /** Public keys that only a Secret holds, by the UID of their gateway; kept in memory alone. */
  readonly #keys = new Map<string, string>();
  /** What was seen last stays readable until another is complete: nobody ever sees half a leaf. */
  #live: LeafConnection | undefined;
  #problem: string | undefined = 'connecting';
  #isConnecting = true;
  #isDoubted = false;
  #credentials: ClusterConnection | undefined;
  #wake = new AbortController();
  readonly #stop = new AbortController();

  constructor(id: string, deps: SessionDependencies) {
    this.id = id;
    this.#deps = deps;
    this.#stamps = new StampClock(deps.clock);
    const { clock, random, liqoNamespace, isExpected } = deps;
    const onChange = (): void => deps.onChange(undefined);
    const used = (): LeafConnection | undefined => (this.#problem === undefined ? this.#live : undefined);
    this.#rights = new RightsReview({ clock, liqoNamespace, onChange, api: () => used()?.api });
    this.#succession = new Succession({
      ...{ clock, random, isExpected, used },
      onRefusal: (refusal) => {
        if (refusal !== undefined) deps.log.warn({ leaf: id, refusal }, 'renewed credentials are not used');
        onChange();
      },
      review: (api) => missingRights(api, neededRights(liqoNamespace), clock, this.#stop.signal).catch(() => undefined),
      open: (credentials, onIdentified) => this.#open(credentials, onIdentified),
      use: (connection, missing) => {
        if (missing !== undefined) this.#rights.learn(missing, connection.credentials);
        this.#use(connection);
      },
    });
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
    if (this.#credentials === undefined) return undefined;
    return { expiresAt: credentialExpiry(this.#credentials), refusal: this.#succession.refusal };
  }

  /** As whom the leaf knows us; `undefined` where our credentials do not say. */
  get account(): Subject | undefined {
    return this.#credentials === undefined ? undefined : accountOf(this.#credentials);
  }

  /** What we may not do on the leaf and should; `undefined` while that is not known. */
  get missingRights(): readonly Right[] | undefined {
    return this.#rights.missing;
  }

  /** The API of the leaf, with the credentials that are the right ones whenever something is asked. */
  get api(): KubeApi | undefined {
    return this.#live === undefined ? undefined : this.#current;
  }

  get networks(): readonly Network[] {
    return this.#caches?.networks.list() ?? [];
  }

  get configMaps(): readonly ConfigMap[] {
    return this.#caches?.configMaps.list() ?? [];
  }

  get configurations(): readonly Configuration[] {
    return this.#caches?.configurations.list() ?? [];
  }

  /** `undefined` where the leaf does not serve them, or does not let us see them. */
  get templates(): readonly GatewayTemplateReading[] | undefined {
    return this.#caches?.templates();
  }

  get gateways(): { servers: readonly GatewayServer[]; clients: readonly GatewayClient[] } {
    return { servers: this.#caches?.servers.list() ?? [], clients: this.#caches?.clients.list() ?? [] };
  }

  /**
   * Asks the leaf whether it is still there, when it did not answer in time: its watches would be silent for long before
   * they told. Without an answer the leaf counts as away.
   */
  async doubt(): Promise<void> {
    if (this.#live === undefined || this.#isDoubted) return;
    this.#isDoubted = true;
    await this.#live.confirm().catch(() => undefined);
    this.#isDoubted = false;
  }

  /** Finds out what we may not do there, unless that is known. Only a leader may ask, so it has to be told when it is one. */
  reviewRights(): void {
    if (this.#live === undefined || this.#problem !== undefined || this.missingRights !== undefined) return;
    void this.#rights.connected(this.#live.api, this.#live.credentials);
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
    const found = this.#caches?.objectsFor(remoteClusterID, shortcutUID);
    if (found === undefined) return undefined;
    return { ...found, connections: found.connections.map((object) => ({ object, ...this.#stamps.look(object) })) };
  }

  /** Takes the answer of a write, so that the next look already sees it. */
  observe(object: LiqoObject): void {
    this.#caches?.observe(object);
    // What we could write now and not watch then: only a new connection sees it.
    if (this.#caches?.isRefused(object)) this.#live?.end(new Error('its rights for us have changed'));
  }

  /** Works until `signal` aborts. Never rejects. Call it once. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, source } = this.#deps;
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
    const expiresAt = (): Date | undefined => this.credential?.expiresAt;
    const following = source.follow({ onChange: (found) => this.#offered(found), expiresAt }, signal);
    let failures = 0;
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      this.#wake = new AbortController();
      await this.#connectOnce(signal).catch((error: unknown) => this.#fail(error));
      // What worked for a while failed for a new reason.
      failures = clock.monotonicMs() - startMs > retry.maxMs ? 1 : failures + 1;
      await sleep(clock, backOffMs(failures, retry, random), AbortSignal.any([signal, this.#wake.signal]));
    }
    this.#rights.stop();
    await Promise.all([following, this.#succession.close()]);
  }

  get #caches(): LeafCaches | undefined {
    return this.#live?.caches;
  }

  /** Of the connection that is used when a call begins. */
  readonly #current: KubeApi = {
    get: (...args) => this.#liveAPI.get(...args),
    list: (...args) => this.#liveAPI.list(...args),
    watch: (...args) => this.#liveAPI.watch(...args),
    create: (...args) => this.#liveAPI.create(...args),
    patch: (...args) => this.#liveAPI.patch(...args),
    apply: (...args) => this.#liveAPI.apply(...args),
    delete: (...args) => this.#liveAPI.delete(...args),
  };

  get #liveAPI(): KubeApi {
    if (this.#live === undefined) throw new Error(`${this.id} was never connected to`);
    return this.#live.api;
  }

  /** The Secret has that version. Who cannot connect tries at once what may be better. */
  #offered(found: () => ClusterConnection): void {
    this.#succession.offer(found);
    try {
      if (!isDeepStrictEqual(found(), this.#credentials)) this.#wake.abort();
    } catch {
      // It is of no use.
    }
  }

  #fail(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.#setProblem(isApiError(error, 'Unauthorized') ? `${why}; ${this.#whatToRenew()}` : why);
  }

  #whatToRenew(): string {
    const end = this.credential?.expiresAt;
    const isOver = end !== undefined && end <= this.#deps.clock.now();
    const what = isOver ? `its credential ended on ${end.toISOString()}` : 'the leaf does not accept its credential';
    return `${what}: put a kubeconfig that works into its Secret`;
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#isConnecting = false;
    if (problem !== undefined) this.#deps.log.warn({ leaf: this.id, problem }, 'leaf cannot be used');
    else this.#deps.log.info({ leaf: this.id }, 'leaf can be used');
    this.#deps.onChange(undefined);
  }

  /** From credentials to watches; ends, or throws, when the leaf is of no use any more. */
  async #connectOnce(signal: AbortSignal): Promise<void> {
    const credentials = await this.#deps.source.read(signal);
    this.#credentials = credentials;
    let used = this.#open(credentials, (api) => this.#rights.connected(api, credentials));
    const isOpen = await used.opened.then(
      () => true,
      () => false,
    );
    if (isOpen) {
      this.#use(used);
      this.#succession.consider();
    }
    let reason = await used.ended;
    // Another one may have taken its place.
    while (isOpen && this.#live !== undefined && this.#live !== used) {
      used = this.#live;
      reason = await used.ended;
    }
    this.#succession.forget();
    if (!signal.aborted) this.#fail(reason);
    await used.closed;
  }

  #open(
    credentials: ClusterConnection,
    onIdentified: (api: KubeApi, identity: string) => Promise<void>,
  ): LeafConnection {
    const onForbidden = (type: ResourceType): void => this.#rights.forbidden(type);
    const onGone = ({ metadata: { uid = '' } }: LiqoObject): void => this.#forget(uid);
    const use = { id: this.id, credentials, onIdentified, onForbidden, onGone };
    return new LeafConnection(this.#deps, use, this.#stop.signal);
  }

  #use(connection: LeafConnection): void {
    const isRenewed = this.#live !== undefined && !isDeepStrictEqual(this.#credentials, connection.credentials);
    this.#live = connection;
    this.#credentials = connection.credentials;
    if (isRenewed) this.#deps.log.info({ leaf: this.id }, 'leaf is logged in to with other credentials');
    this.#setProblem(undefined);
    this.#deps.onChange(undefined);
  }

  #forget(uid: string): void {
    this.#stamps.forget(uid);
    this.#keys.delete(uid);
  }
}
