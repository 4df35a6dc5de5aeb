import {
  type ApiError,
  type Clock,
  createCache,
  type KubeApi,
  type KubeObject,
  type Random,
  type ResourceType,
} from '@leafway/reconciler';
import { CliError } from '../errors.ts';
import { silentLogger } from '../silent-logger.ts';

export interface WaitDependencies {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

export interface WaitOptions<T, R> {
  readonly type: ResourceType;
  readonly name: string;
  readonly timeoutMs: number;
  /** What goes on although nobody waits for it any more, for a user who interrupts. */
  readonly goesOn: string;
  /** Sees every state of the object, `undefined` while it is not there; what it returns ends the wait. */
  until(object: T | undefined): R | undefined;
  /** The server does not answer at the moment; the wait goes on. */
  onTrouble(problem: ApiError): void;
}

/** What no patience helps against. */
const hopeless = new Set(['Forbidden', 'Unauthorized', 'NotFound']);

/**
 * Follows one cluster-scoped object by a watch until something is found, and returns that; `undefined` when the time
 * is over. Outlives broken connections. Throws `ApiError` when the user may not watch, whatever `until` throws, and a
 * `CliError` when the user interrupts.
 */
export async function waitFor<T extends KubeObject, R>(
  { api, clock, random, signal }: WaitDependencies,
  { type, name, timeoutMs, goesOn, until, onTrouble }: WaitOptions<T, R>,
): Promise<R | undefined> {
  const over = new AbortController();
  const ended = Promise.withResolvers<R | undefined>();
  // What it would log, `onTrouble` tells.
  const cache = createCache<T>({ api, type, fieldSelector: `metadata.name=${name}`, clock, random, log: silentLogger });
  const look = (): void => {
    if (over.signal.aborted || !cache.synced) return;
    try {
      const found = until(cache.get(name));
      if (found !== undefined) ended.resolve(found);
    } catch (error) {
      ended.reject(error);
    }
  };
  cache.onChange(look);
  cache.onProblem((problem) => {
    if (problem === undefined) return;
    if (hopeless.has(problem.code)) ended.reject(problem);
    else onTrouble(problem);
  });
  cache.whenSynced(over.signal).then(look, () => undefined);
  const interrupt = (): void => ended.reject(new CliError('INTERRUPTED', `interrupted; ${goesOn}`));
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  const cancelTimer = clock.setTimer(timeoutMs, () => ended.resolve(undefined));
  const following = cache.run(over.signal);
  try {
    return await ended.promise;
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', interrupt);
    over.abort();
    await following;
  }
}
