import { isDeepStrictEqual } from 'node:util';
import {
  type BackOffLimits,
  backOffMs,
  type Clock,
  type ClusterConnection,
  type KubeApi,
  type Random,
  sleep,
} from '@leafway/reconciler';
import { type LeafConnection, Superseded } from './connection.ts';
import { describeRights, type Right, rightKey } from './rights.ts';

export interface SuccessionDependencies {
  readonly clock: Clock;
  readonly random: Random;
  /** The connection that is good and used now. */
  readonly used: () => LeafConnection | undefined;
  /** Asks what we may not do there; `undefined` when that cannot be found out. */
  readonly review: (api: KubeApi) => Promise<readonly Right[] | undefined>;
  /** What a cluster with that identity is, when it may not be taken for this leaf. */
  readonly whoseIsIt: (identity: string) => string | undefined;
  readonly open: (
    credentials: ClusterConnection,
    onIdentified: (api: KubeApi, identity: string) => Promise<void>,
  ) => LeafConnection;
  /** From now on that one is used. */
  readonly use: (connection: LeafConnection, missing: readonly Right[] | undefined) => void;
  readonly onRefusal: (refusal: string | undefined) => void;
}

/** New credentials may need a moment until a leaf knows them. */
const tryAgain: BackOffLimits = { minMs: 2_000, maxMs: 300_000 };

/**
 * Who follows on the connection that is used, when the Secret has other credentials: they are tried beside it until they
 * lead to the same cluster, show everything there, and allow what the old ones do. Until then the old ones stay in use.
 */
export class Succession {
  readonly #deps: SuccessionDependencies;
  #latest: (() => ClusterConnection) | undefined;
  #stop = new AbortController();
  #tried: ClusterConnection | undefined;
  #trial: Promise<void> = Promise.resolve();
  #refusal: string | undefined;

  constructor(deps: SuccessionDependencies) {
    this.#deps = deps;
  }

  /** Why what the Secret holds now is not used; `undefined` when it is, or is being tried for the first time. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Whether what the Secret holds now is as good as what is used is not known yet. */
  get isTrying(): boolean {
    return this.#tried !== undefined && this.#refusal === undefined;
  }

  /** The Secret has that version. */
  offer(credentials: () => ClusterConnection): void {
    this.#latest = credentials;
    this.consider();
  }

  /** Looks whether what was offered last is better than what is used. What is tried already is not begun anew. */
  consider(): void {
    const used = this.#deps.used();
    if (used === undefined || this.#latest === undefined) {
      this.#giveUp();
      return;
    }
    try {
      const credentials = this.#latest();
      if (isDeepStrictEqual(credentials, this.#tried)) return;
      this.#giveUp();
      if (isDeepStrictEqual(credentials, used.credentials)) this.#refuse(undefined);
      else {
        // That was said of others.
        this.#refusal = undefined;
        this.#tried = credentials;
        this.#trial = this.#try(credentials, this.#stop.signal);
      }
    } catch (error) {
      this.#giveUp();
      this.#refuse((error as Error).message);
    }
  }

  /**
   * What is used sees less than it might now: another connection with the same credentials takes its place when it has seen
   * all. Whatever else is tried will see it anyway.
   */
  renew(): void {
    const used = this.#deps.used();
    if (used === undefined || this.#isOtherOffered(used.credentials)) return;
    this.#giveUp();
    this.#trial = this.#tryOnce(used.credentials, this.#stop.signal).catch(() => undefined);
  }

  /** Nothing is used any more, or the Secret is about to be read: what was offered before counts no more. */
  forget(): void {
    this.#giveUp();
    this.#latest = undefined;
    this.#refusal = undefined;
  }

  /** Ends, and resolves when nothing is tried any more. */
  async close(): Promise<void> {
    this.forget();
    await this.#trial;
  }

  async #try(credentials: ClusterConnection, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.#tryOnce(credentials, signal);
        return;
      } catch (error) {
        if (!signal.aborted) this.#refuse((error as Error).message);
      }
      await sleep(clock, backOffMs(failures, tryAgain, random), signal);
    }
  }

  /** Takes over; throws, with the old connection untouched, when the new one is not as good. */
  async #tryOnce(credentials: ClusterConnection, signal: AbortSignal): Promise<void> {
    const { open, whoseIsIt, review } = this.#deps;
    const reviewed = Promise.withResolvers<readonly Right[] | undefined>();
    const next = open(credentials, async (api, identity) => {
      const stranger = whoseIsIt(identity);
      if (stranger !== undefined) next.end(new Error(`it leads to ${stranger} (kube-system UID ${identity})`));
      else reviewed.resolve(await review(api));
    });
    const giveUp = (): void => next.end(new Error('other credentials are tried'));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await next.opened;
      const missing = await Promise.race([reviewed.promise, next.ended.then((reason) => Promise.reject(reason))]);
      const lost = await this.#lostWith(next, missing);
      if (lost.length > 0) throw new Error(`with it we may not ${describeRights(lost)}`);
      signal.throwIfAborted();
      signal.removeEventListener('abort', giveUp);
      this.#succeed(next, missing);
    } catch (error) {
      signal.removeEventListener('abort', giveUp);
      next.end(error as Error);
      await next.closed;
      throw error;
    }
  }

  /** Ends what is tried. */
  #giveUp(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#tried = undefined;
  }

  #succeed(next: LeafConnection, missing: readonly Right[] | undefined): void {
    const old = this.#deps.used();
    this.#tried = undefined;
    this.#deps.use(next, missing);
    this.#refuse(undefined);
    old?.end(new Superseded());
  }

  /** What is allowed now and would not be any more. It is asked anew: our account may have lost it meanwhile. */
  async #lostWith(next: LeafConnection, missing: readonly Right[] = []): Promise<readonly Right[]> {
    const used = this.#deps.used();
    if (missing.length === 0 || used === undefined) return [];
    // What may be done on another cluster, which is not this leaf, is nothing to lose.
    if (used.identity !== next.identity) return [];
    const lacking = await this.#deps.review(used.api);
    // Who does not answer the old credentials may answer the new ones.
    if (lacking === undefined) return [];
    const before = new Set(lacking.map(rightKey));
    return missing.filter((right) => !before.has(rightKey(right)));
  }

  #isOtherOffered(used: ClusterConnection): boolean {
    try {
      return this.#latest !== undefined && !isDeepStrictEqual(this.#latest(), used);
    } catch {
      return true;
    }
  }

  #refuse(refusal: string | undefined): void {
    if (refusal === this.#refusal) return;
    this.#refusal = refusal;
    this.#deps.onRefusal(refusal);
  }
}
