import { isDeepStrictEqual } from 'node:util';
import {
  type BackOffLimits,
  backOffMs,
  type ClusterConnection,
  isApiError,
  type KubeApi,
  type ResourceType,
  sleep,
} from '@leafway/reconciler';
import { isRefused } from '../optional-cache.ts';
import { type ConnectionDependencies, type ConnectionUse, LeafConnection } from './connection.ts';
import { credentialExpiry } from './credential-expiry.ts';
import type { KubeconfigSource } from './kubeconfig-source.ts';
import { missingRights } from './missing-rights.ts';
import { neededRights, type Right } from './rights.ts';
import { RightsReview } from './rights-review.ts';
import { Succession } from './succession.ts';

export interface LinkDependencies extends ConnectionDependencies {
  readonly source: KubeconfigSource;
  /** What a cluster with that identity is, in words, when it may not be taken for this leaf. */
  readonly whoseIsIt: (identity: string) => string | undefined;
}

/** What a leaf is logged in to with, as far as others need to know it. */
export interface Credential {
  readonly expiresAt: Date | undefined;
  /** Why what its Secret holds now is not used; `undefined` when it is. */
  readonly refusal?: string | undefined;
  /** Whether that can be used is not known now: it is being tried, or nothing works at the moment. */
  readonly isUnproven?: boolean;
}

const retry: BackOffLimits = { minMs: 1_000, maxMs: 30_000 };
/** Many may doubt a leaf at once, or one after the other. */
const trustMs = 5_000;

/**
 * Keeps one leaf connected for as long as it runs: connects and reconnects, and changes over to renewed credentials without
 * a gap.
 */
export class LeafLink {
  readonly #id: string;
  readonly #deps: LinkDependencies;
  readonly #sight: Pick<ConnectionUse, 'onGone' | 'isNews'>;
  readonly #rights: RightsReview;
  readonly #succession: Succession;
  #live: LeafConnection | undefined;
  #problem: string | undefined = 'connecting';
  #isConnecting = true;
  /** Until then (monotonic) nobody's doubt is worth a request. */
  #trustedUntilMs = Number.NEGATIVE_INFINITY;
  #credentials: ClusterConnection | undefined;
  /** What led to this very leaf last. */
  #proven: ClusterConnection | undefined;
  #wake = new AbortController();
  readonly #stop = new AbortController();

  constructor(id: string, deps: LinkDependencies, sight: Pick<ConnectionUse, 'onGone' | 'isNews'>) {
    this.#id = id;
    this.#deps = deps;
    this.#sight = sight;
    const { clock, random, log, liqoNamespace, whoseIsIt } = deps;
    const onChange = (): void => deps.onChange(undefined);
    const used = (): LeafConnection | undefined => (this.#problem === undefined ? this.#live : undefined);
    this.#rights = new RightsReview({
      ...{ clock, liqoNamespace, onChange, api: () => used()?.api },
      onRegained: () => {
        if (used()?.caches.optional.some(isRefused)) this.#succession.renew();
      },
    });
    this.#succession = new Succession({
      ...{ clock, random, whoseIsIt, used },
      onRefusal: (refusal) => {
        if (refusal !== undefined) log.warn({ leaf: id, refusal }, 'renewed credentials are not used');
        onChange();
      },
      review: (api) => missingRights(api, neededRights(liqoNamespace), clock, this.#stop.signal).catch(() => undefined),
      open: (credentials, onIdentified) => this.#open(credentials, { isGentle: true, onIdentified }),
      use: (connection, missing) => {
        this.#use(connection);
        if (missing !== undefined) this.#rights.learn(missing, connection.credentials);
      },
    });
  }

  /**
   * The last connection that was complete, also when it has ended: what was seen last stays readable until the next one has
   * seen everything, and nobody ever sees half a leaf.
   */
  get live(): LeafConnection | undefined {
    return this.#live;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get isConnecting(): boolean {
    return this.#isConnecting;
  }

  /** What the leaf is logged in to with, or will be. */
  get credentials(): ClusterConnection | undefined {
    return this.#credentials;
  }

  get credential(): Credential | undefined {
    if (this.#credentials === undefined) return undefined;
    const { refusal, isTrying } = this.#succession;
    const isUnproven = isTrying || this.#deps.source.isMoving() || this.#problem !== undefined;
    return { expiresAt: credentialExpiry(this.#credentials), refusal, isUnproven };
  }

  get missingRights(): readonly Right[] | undefined {
    return this.#rights.missing;
  }

  /** Asks who answers, if anybody; without an answer the leaf counts as away. */
  async doubt(): Promise<void> {
    const nowMs = (): number => this.#deps.clock.monotonicMs();
    if (this.#live === undefined || nowMs() < this.#trustedUntilMs) return;
    this.#trustedUntilMs = Number.POSITIVE_INFINITY;
    await this.#live.confirm().catch(() => undefined);
    this.#trustedUntilMs = nowMs() + trustMs;
  }

  /** Finds out what we may not do there, unless that is known. */
  reviewRights(): void {
    if (this.#live === undefined || this.#problem !== undefined || this.missingRights !== undefined) return;
    void this.#rights.connected(this.#live.api, this.#live.credentials);
  }

  /** Works until `signal` aborts. Never rejects. Call it once. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, source } = this.#deps;
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
    const expiresAt = (): Date | undefined => this.credential?.expiresAt;
    const isUnused = (): boolean => this.#succession.refusal !== undefined;
    const onChange = (found: () => ClusterConnection): void => this.#offered(found);
    const following = source.follow({ onChange, expiresAt, isUnused }, signal);
    let failures = 0;
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      this.#wake = new AbortController();
      await this.#connectOnce(failures > 0, signal).catch((error: unknown) => this.#fail(error));
      // What worked for a while failed for a new reason.
      failures = clock.monotonicMs() - startMs > retry.maxMs ? 1 : failures + 1;
      await sleep(clock, backOffMs(failures, retry, random), AbortSignal.any([signal, this.#wake.signal]));
    }
    this.#rights.stop();
    await Promise.all([following, this.#succession.close()]);
  }

  /** The Secret has that version. Who cannot connect tries at once what may be better. */
  #offered(found: () => ClusterConnection): void {
    this.#succession.offer(found);
    this.#deps.onChange(undefined);
    const offered = whatIn(found);
    if (offered !== undefined && !isDeepStrictEqual(offered, this.#credentials)) this.#wake.abort();
  }

  /** From credentials to watches; ends, or throws, when the leaf is of no use any more. */
  async #connectOnce(isGentle: boolean, signal: AbortSignal): Promise<void> {
    const found = await this.#deps.source.read(signal);
    this.#succession.offer(found);
    let used = (await this.#openAsBefore(found, isGentle)) ?? this.#openAnew(found, isGentle);
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

  /**
   * With what worked last, when the Secret holds something else, which has to prove first that it is as good. When that
   * does not work any more either, there is nothing left to be better than.
   */
  async #openAsBefore(found: () => ClusterConnection, isGentle: boolean): Promise<LeafConnection | undefined> {
    const [credentials, offered] = [this.#proven, whatIn(found)];
    if (credentials === undefined || isDeepStrictEqual(credentials, offered)) return undefined;
    this.#credentials = credentials;
    const connection = this.#open(credentials, {
      isGentle,
      onIdentified: async (api, identity) => {
        const stranger = this.#deps.whoseIsIt(identity);
        if (stranger === undefined) await this.#rights.connected(api, credentials);
        else connection.end(new Error(`its address leads to ${stranger} (kube-system UID ${identity})`));
      },
    });
    try {
      await connection.opened;
      return connection;
    } catch (error) {
      await connection.closed;
      if (offered === undefined) throw error;
      return undefined;
    }
  }

  /** With what the Secret holds now. */
  #openAnew(found: () => ClusterConnection, isGentle: boolean): LeafConnection {
    this.#credentials = undefined;
    const credentials = found();
    this.#credentials = credentials;
    const onIdentified = (api: KubeApi): Promise<void> => this.#rights.connected(api, credentials);
    return this.#open(credentials, { isGentle, onIdentified });
  }

  #open(credentials: ClusterConnection, how: Pick<ConnectionUse, 'isGentle' | 'onIdentified'>): LeafConnection {
    const onForbidden = (type: ResourceType): void => this.#rights.forbidden(type);
    const use = { ...this.#sight, id: this.#id, credentials, ...how, onForbidden };
    return new LeafConnection(this.#deps, use, this.#stop.signal);
  }

  #use(connection: LeafConnection): void {
    const isRenewed = this.#live !== undefined && !isDeepStrictEqual(this.#live.credentials, connection.credentials);
    this.#live = connection;
    this.#credentials = connection.credentials;
    if (this.#deps.whoseIsIt(connection.identity ?? '') === undefined) this.#proven = connection.credentials;
    if (isRenewed) this.#deps.log.info({ leaf: this.#id }, 'leaf is logged in to with other credentials');
    this.#setProblem(undefined);
    this.#deps.onChange(undefined);
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
    if (problem !== undefined) this.#deps.log.warn({ leaf: this.#id, problem }, 'leaf cannot be used');
    else this.#deps.log.info({ leaf: this.#id }, 'leaf can be used');
    this.#deps.onChange(undefined);
  }
}

/** `undefined` for what throws: it is of no use. */
function whatIn<T>(found: () => T): T | undefined {
  try {
    return found();
  } catch {
    return undefined;
  }
}
