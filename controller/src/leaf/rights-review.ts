import { isDeepStrictEqual } from 'node:util';
import type { Clock, ClusterConnection, KubeApi, ResourceType } from '@leafway/reconciler';
import { missingRights } from './missing-rights.ts';
import { neededRights, type Right, rightKey } from './rights.ts';

export interface RightsReviewDependencies {
  readonly clock: Clock;
  readonly liqoNamespace: string;
  /** The leaf as it is logged in to now; `undefined` when it cannot be used. */
  readonly api: () => KubeApi | undefined;
  readonly onChange: () => void;
  /** Something that was missing is not any more. */
  readonly onRegained: () => void;
}

/** However often something is forbidden. */
const restMs = 60_000;
/** Nobody tells us that a right was given; while one is missing it costs a request to see. */
const lookAgainMs = 300_000;

/**
 * Knows what we may not do on a leaf and should. Asks when it is connected to with other credentials, when something was
 * forbidden, and while something is missing; else never.
 */
export class RightsReview {
  readonly #deps: RightsReviewDependencies;
  readonly #stop = new AbortController();
  #missing: readonly Right[] | undefined;
  #answered: { readonly credentials: ClusterConnection; readonly atMs: number } | undefined;
  #asking: { readonly credentials: ClusterConnection; readonly done: Promise<void> } | undefined;
  #cancelTimer = (): void => undefined;

  constructor(deps: RightsReviewDependencies) {
    this.#deps = deps;
  }

  /** `undefined` while that is not known. */
  get missing(): readonly Right[] | undefined {
    return this.#missing;
  }

  /** Somebody logs in with these credentials. Resolves when it is known what they give; never rejects. */
  async connected(api: KubeApi, credentials: ClusterConnection): Promise<void> {
    const { clock } = this.#deps;
    const last = this.#answered;
    const isKnown = last !== undefined && isDeepStrictEqual(last.credentials, credentials);
    if (!isKnown || clock.monotonicMs() - last.atMs >= restMs) await this.#ask(api, credentials);
  }

  /** What those credentials give was found out already. */
  learn(missing: readonly Right[], credentials: ClusterConnection): void {
    this.#answered = { credentials, atMs: this.#deps.clock.monotonicMs() };
    const isNews = !isDeepStrictEqual(missing, this.#missing);
    const still = new Set(missing.map(rightKey));
    const isRegained = this.#missing?.some((right) => !still.has(rightKey(right))) === true;
    this.#missing = missing;
    if (missing.length > 0) this.#askIn(lookAgainMs);
    if (isNews) this.#deps.onChange();
    if (isRegained) this.#deps.onRegained();
  }

  /** The leaf refused something of that kind. */
  forbidden({ group, plural }: ResourceType): void {
    const { vital, useful } = neededRights(this.#deps.liqoNamespace);
    if (![...vital, ...useful].some((right) => right.group === group && right.resource === plural)) return;
    const sinceMs = this.#deps.clock.monotonicMs() - (this.#answered?.atMs ?? Number.NEGATIVE_INFINITY);
    this.#askIn(Math.max(0, restMs - sinceMs));
  }

  stop(): void {
    this.#stop.abort();
    this.#cancelTimer();
  }

  /** Asks once more after a while, instead of when it would have asked. */
  #askIn(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.setTimer(ms, () => {
      const api = this.#deps.api();
      const credentials = this.#answered?.credentials;
      if (api !== undefined && credentials !== undefined) void this.#ask(api, credentials);
    });
  }

  /** Without an answer, or while we do not lead and so may not ask, what was known stays. */
  async #ask(api: KubeApi, credentials: ClusterConnection): Promise<void> {
    while (this.#asking !== undefined) {
      const { credentials: asked, done } = this.#asking;
      await done;
      if (isDeepStrictEqual(asked, credentials)) return;
    }
    const { clock, liqoNamespace } = this.#deps;
    const done = missingRights(api, neededRights(liqoNamespace), clock, this.#stop.signal)
      .then((missing) => {
        if (!this.#stop.signal.aborted) this.learn(missing, credentials);
      })
      .catch(() => undefined)
      .finally(() => {
        this.#asking = undefined;
      });
    this.#asking = { credentials, done };
    await done;
  }
}
