import type { LiqoObject } from '@leafway/liqo';
import {
  type Clock,
  type ClusterConnection,
  isApiError,
  type KubeApi,
  type Logger,
  limitRequests,
  type Metrics,
  type Random,
  type ResourceType,
  sleep,
  type WriteLimits,
} from '@leafway/reconciler';
import { isSettled, runUnlessRefused } from '../optional-cache.ts';
import { createLeafCaches, type LeafCaches } from './caches.ts';
import { type ConfirmedApi, confirmedApi } from './confirmed-api.ts';
import { identify } from './identify.ts';

export interface ConnectionDependencies {
  /** `cluster` is what errors call it. */
  readonly connect: (connection: ClusterConnection, cluster: string) => KubeApi & { close(): Promise<void> };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly liqoNamespace: string;
  /** That object on the leaf changed; or, without one, what may be seen there. */
  readonly onChange: (object: LiqoObject | undefined) => void;
}

/** What a connection is opened with, and what it tells while it lasts. */
export interface ConnectionUse {
  /** What errors and metrics call the leaf. */
  readonly id: string;
  readonly credentials: ClusterConnection;
  /** Nobody waits for it, or the leaf failed a moment ago: it is asked for one kind of objects after the other. */
  readonly isGentle: boolean;
  /**
   * Called once it is known who answers, with an API that stays open until what this returns has settled. Never rejects.
   */
  readonly onIdentified: (api: KubeApi, identity: string) => Promise<void>;
  /** The leaf refused something of that kind that we asked or wrote. */
  readonly onForbidden: (type: ResourceType) => void;
  readonly onGone: (object: LiqoObject) => void;
  /** Whether anybody is to be told that one became the other. */
  readonly isNews: (before: LiqoObject, after: LiqoObject) => boolean;
}

/**
 * One connection to a leaf: who answers, and a cache of everything that takes part in links, kept by watches. Whatever goes
 * wrong ends it: who answers next may be another cluster, or want other credentials.
 */
export class LeafConnection {
  readonly credentials: ClusterConnection;
  /** Of no use before `opened`. */
  readonly caches: LeafCaches;
  readonly api: ConfirmedApi;
  /** Resolves when the caches are complete; rejects with the reason when it ends before. */
  readonly opened: Promise<void>;
  /** Resolves with the reason, when it has one. */
  readonly ended: Promise<Error>;
  /** Resolves when nothing of it is under way any more. */
  readonly closed: Promise<void>;
  #identity: string | undefined;
  readonly #deps: ConnectionDependencies;
  readonly #use: ConnectionUse;
  /** Without limits: whether the leaf is there can always be asked. */
  readonly #client: KubeApi & { close(): Promise<void> };
  readonly #stop = new AbortController();
  readonly #ended = Promise.withResolvers<Error>();
  readonly #complete = Promise.withResolvers<void>();

  /** Opens it; it lasts until `signal` aborts, it is ended, or something goes wrong. */
  constructor(deps: ConnectionDependencies, use: ConnectionUse, signal: AbortSignal) {
    this.#deps = deps;
    this.#use = use;
    this.credentials = use.credentials;
    const { clock, random, log, metrics, liqoNamespace, connect, onChange } = deps;
    const { id: cluster, onForbidden, onGone, isNews } = use;
    this.#client = connect(use.credentials, cluster);
    const limited = limitRequests(this.#client, leafLimits, clock);
    this.api = confirmedApi(limited, { confirm: () => this.confirm(), onForbidden });
    const child = log.child({ leaf: cluster });
    const ports = { clock, random, log: child, metrics };
    this.caches = createLeafCaches({ ...ports, api: this.api, cluster, liqoNamespace, onChange, onGone, isNews });
    this.ended = this.#ended.promise;
    this.opened = Promise.race([this.#complete.promise, this.ended.then((reason) => Promise.reject(reason))]);
    this.opened.catch(() => undefined); // Whoever does not wait for it asks how it ended.
    this.closed = this.#run(AbortSignal.any([signal, this.#stop.signal]));
  }

  /** The UID of the kube-system namespace of who answers; `undefined` before that is known. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** Ends it at once, with what is under way. */
  end(reason: Error): void {
    this.#ended.resolve(reason);
    this.#stop.abort();
  }

  /** Asks who answers; ends, and rejects, unless it is the cluster that it was. */
  async confirm(): Promise<void> {
    try {
      const answering = await identify(this.#client, this.#deps.clock);
      if (answering !== this.#identity) throw new Error('another cluster answers now');
    } catch (error) {
      this.end(asError(error));
      throw error;
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    let told = Promise.resolve();
    try {
      this.#identity = await identify(this.#client, this.#deps.clock, signal);
      told = this.#use.onIdentified(this.api, this.#identity);
      await this.#watch(signal);
      this.#ended.resolve(new Error('it was ended'));
    } catch (error) {
      this.#ended.resolve(asError(error));
    }
    const reason = await this.ended;
    // Who gave way to another one finishes; and what we may not do is still asked.
    if (reason instanceof Superseded) await this.api.idle();
    if (reason instanceof Superseded || isApiError(reason, 'Forbidden')) await told;
    await this.#client.close();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { caches } = this;
    const judge = (): void => {
      if (signal.aborted) return;
      const problem = caches.needed.map((cache) => cache.problem).find((found) => found !== undefined);
      if (problem !== undefined) this.end(problem);
      else if (caches.needed.every((cache) => cache.synced) && caches.optional.every(isSettled))
        this.#complete.resolve();
    };
    for (const cache of [...caches.needed, ...caches.optional]) {
      cache.onProblem(judge);
      void cache.whenSynced(signal).then(judge, () => undefined);
    }
    // What may not be read any more is no longer known.
    for (const cache of caches.optional) cache.onProblem(() => this.#deps.onChange(undefined));
    const running: Promise<void>[] = [];
    for (const cache of caches.needed) {
      running.push(cache.run(signal));
      if (this.#use.isGentle) await this.#answerSoon(cache, signal);
    }
    await Promise.all([...running, ...caches.optional.map((cache) => runUnlessRefused(cache, signal))]);
  }

  /** Waits a moment for what was asked last. */
  async #answerSoon(cache: LeafCaches['needed'][number], signal: AbortSignal): Promise<void> {
    const answered = new AbortController();
    void cache.whenSynced(signal).then(
      () => answered.abort(),
      () => undefined,
    );
    await sleep(this.#deps.clock, gentleMs, AbortSignal.any([signal, answered.signal]));
  }
}

/** As much as a burst on one leaf needs; what a leaf that fails is asked stays below ten requests in a second. */
const leafLimits: WriteLimits = { inFlight: 16, whileFailing: { perSecond: 8, burst: 1 } };
/** So long one kind of objects waits for the one before, where the leaf is not to be stormed. */
const gentleMs = 150;

/** Another connection to the same leaf is used from now on: what is under way with this one may finish. */
export class Superseded extends Error {
  constructor() {
    super('another credential is used');
    this.name = 'Superseded';
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
