import { isApiError } from '../api/errors.ts';
import type { KubeApi, ObjectRef, ResourceType } from '../api/kube-api.ts';
import { overlay } from '../api/overlay.ts';
import { describeTarget } from '../api/paths.ts';
import { failure } from '../api/translate.ts';
import { type Clock, sleep } from '../ports/clock.ts';
import { Semaphore } from './semaphore.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';

/** How much one client may write to one API server. */
export interface WriteLimits {
  /** Writes at once; more wait in the order in which they came, and give up when their signal aborts. */
  readonly inFlight: number;
  /** How many writes a server gets that fails, until it has not failed for a second. */
  readonly whileFailing: RateLimit;
}

/** So long after a failure a server counts as failing. */
const failingMs = 1_000;

/** Refusals that are about the object: the server works. */
const ordinary = ['NotFound', 'AlreadyExists', 'Conflict', 'Invalid', 'Aborted', 'NotLeading'] as const;

/**
 * The same API, with a limit on how much is written at once, and a lower one while its server fails: many callers that each
 * try again after a while are together too much for it. Reads pass: whether a server is there can always be asked.
 */
export function limitWrites<T extends KubeApi>(api: T, limits: WriteLimits, clock: Clock): T {
  const send = createSender(limits, clock);
  return overlay(api, {
    create: (type, object, signal) =>
      send(['create', type, object.metadata], signal, () => api.create(type, object, signal)),
    patch: (type, ref, operations, options) =>
      send(['patch', type, ref], options?.signal, () => api.patch(type, ref, operations, options)),
    apply: (type, object, options) =>
      send(['apply', type, object.metadata], options.signal, () => api.apply(type, object, options)),
    delete: (type, ref, options) => send(['delete', type, ref], options?.signal, () => api.delete(type, ref, options)),
  });
}

type Operation = readonly [verb: string, type: ResourceType, ref: ObjectRef];
type Send = <R>(operation: Operation, signal: AbortSignal | undefined, write: () => Promise<R>) => Promise<R>;

function createSender({ inFlight, whileFailing }: WriteLimits, clock: Clock): Send {
  const slots = new Semaphore(inFlight);
  const bucket = new TokenBucket(whileFailing, clock);
  let failingUntilMs = Number.NEGATIVE_INFINITY;

  /** Resolves with a slot, when it is the caller's turn. */
  async function turn(signal: AbortSignal | undefined): Promise<void> {
    await slots.acquire(signal);
    if (clock.monotonicMs() >= failingUntilMs) return;
    await sleep(clock, bucket.take(), signal ?? new AbortController().signal);
    if (signal?.aborted !== true) return;
    slots.release();
    signal.throwIfAborted();
  }

  return async ([verb, type, ref], signal, write) => {
    await turn(signal).catch((error: unknown) => {
      throw failure(`${verb} ${describeTarget(type, ref)}`, error, signal);
    });
    try {
      return await write();
    } catch (error) {
      if (!ordinary.some((code) => isApiError(error, code))) failingUntilMs = clock.monotonicMs() + failingMs;
      throw error;
    } finally {
      slots.release();
    }
  };
}
