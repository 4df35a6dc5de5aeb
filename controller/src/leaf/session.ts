import {
  type ConfigMap,
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  type GatewayTemplateReading,
  type LiqoObject,
  type Network,
  resources,
} from '@leafway/liqo';
import type { ClusterConnection, KubeApi } from '@leafway/reconciler';
import { staleAfterMs } from '../shortcut/connected.ts';
import type { LeafObjects } from '../shortcut/observation.ts';
import { accountOf, type Subject } from './account.ts';
import type { LeafCaches } from './caches.ts';
import type { LeafConnection } from './connection.ts';
import { type Credential, LeafLink, type LinkDependencies } from './link.ts';
import type { Right } from './rights.ts';
import { isRenewal, StampClock } from './stamp-clock.ts';

/** One leaf as the centre sees it, for as long as it runs; `problem` says why it is of no use at the moment. */
export class LeafSession {
  readonly id: string;
  readonly #link: LeafLink;
  readonly #onChange: (object: LiqoObject | undefined) => void;
  readonly #stamps: StampClock;
  /** Every look at a shortcut asks for it. */
  #known: { readonly credentials: ClusterConnection; readonly account: Subject | undefined } | undefined;
  #recorded: LeafConnection | undefined;
  /** Public keys that only a Secret holds, by the UID of their gateway; kept in memory alone. */
  readonly #keys = new Map<string, string>();

  constructor(id: string, deps: LinkDependencies) {
    this.id = id;
    this.#onChange = deps.onChange;
    this.#stamps = new StampClock(deps.clock);
    this.#link = new LeafLink(id, deps, {
      onGone: (object) => this.#forget(object),
      isNews: (before, after) => this.#isNews(before, after),
    });
  }

  /** The connection over which the leaf is seen. */
  get connection(): LeafConnection | undefined {
    return this.#link.live;
  }

  /**
   * The LeafCluster says what was seen of the leaf since we are connected. Before that, it may lack names that were given
   * meanwhile: by another controller, or while the leaf was away.
   */
  get isRecorded(): boolean {
    return this.#recorded !== undefined && this.#recorded === this.#link.live;
  }

  /** The LeafCluster says what was seen over that connection. Returns whether that is news. */
  record(connection: LeafConnection): boolean {
    const isNews = connection !== this.#recorded;
    this.#recorded = connection;
    return isNews;
  }

  /** Why the leaf cannot be used now; `undefined` when it can. */
  get problem(): string | undefined {
    return this.#link.problem;
  }

  /** True until the first attempt has an end: what the leaf has will be known in a moment, or that it is away. */
  get isConnecting(): boolean {
    return this.#link.isConnecting;
  }

  /** The UID of the leaf's kube-system namespace: the identity of the cluster that answers. */
  get identity(): string | undefined {
    return this.#link.live?.identity;
  }

  /** What it is logged in to with, or will be; `undefined` before that was read. */
  get credential(): Credential | undefined {
    return this.#link.credential;
  }

  /** As whom the leaf knows us; `undefined` where our credentials do not say. */
  get account(): Subject | undefined {
    const { credentials } = this.#link;
    if (credentials === undefined) return undefined;
    if (credentials !== this.#known?.credentials) this.#known = { credentials, account: accountOf(credentials) };
    return this.#known.account;
  }

  /** What we may not do on the leaf and should; `undefined` while that is not known. */
  get missingRights(): readonly Right[] | undefined {
    return this.#link.missingRights;
  }

  /** The API of the leaf, always with the credentials of now: it may be kept while these are renewed. */
  get api(): KubeApi | undefined {
    return this.#link.live === undefined ? undefined : this.#current;
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
  doubt(): Promise<void> {
    return this.#link.doubt();
  }

  /** Finds out what we may not do there, unless that is known: only a leader may ask, and it does not know when it is one. */
  reviewRights(): void {
    this.#link.reviewRights();
  }

  learnKey(gatewayUID: string, publicKey: string): void {
    this.#keys.set(gatewayUID, publicKey);
    this.#onChange(undefined);
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
    if (this.#caches?.isUnfollowed(object)) this.#link.live?.end(new Error('its rights for us have changed'));
  }

  /** Works until `signal` aborts. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void> {
    return this.#link.run(signal);
  }

  get #caches(): LeafCaches | undefined {
    return this.#link.live?.caches;
  }

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
    if (this.#link.live === undefined) throw new Error(`${this.id} was never connected to`);
    return this.#link.live.api;
  }

  /** A Connection that says again that it lives is no news as long as it was believed: that may be twice in ten seconds. */
  #isNews(before: LiqoObject, after: LiqoObject): boolean {
    if (after.kind !== resources.connections.kind) return true;
    const known = this.#stamps.look(before as Connection);
    this.#stamps.look(after as Connection); // It moved now, however late somebody asks.
    const isBelieved = known.stampMoved && known.stampAgeMs < staleAfterMs;
    return !isBelieved || !isRenewal(before as Connection, after as Connection);
  }

  #forget({ metadata: { uid = '' } }: LiqoObject): void {
    this.#stamps.forget(uid);
    this.#keys.delete(uid);
  }
}
