import { type ApiErrorCode, isApiError } from '../api/errors.ts';
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
  return overlay(api, limitedWrites(api, createSender(limits, clock)));
}

/**
 * The same, where reads, watches apart, keep within the lower limit, too, while the server fails: as many try again with
 * them. A right to read that is missing is no failure.
 */
export function limitRequests<T extends KubeApi>(api: T, limits: WriteLimits, clock: Clock): T {
  const sender = createSender(limits, clock);
  return overlay(api, {
    ...limitedWrites(api, sender),
    get: (type, ref, signal) => sender.read(['get', type, ref], signal, () => api.get(type, ref, signal)),
    list: (type, options) =>
      sender.read(['list', type, { namespace: options?.namespace }], options?.signal, () => api.list(type, options)),
  });
}

type Writes = Pick<KubeApi, 'create' | 'patch' | 'apply' | 'delete'>;

function limitedWrites(api: KubeApi, { write }: Sender): Writes {
  return {
    create: (type, object, signal) =>
      write(['create', type, object.metadata], signal, () => api.create(type, object, signal)),
    patch: (type, ref, operations, options) =>
      write(['patch', type, ref], options?.signal, () => api.patch(type, ref, operations, options)),
    apply: (type, object, options) =>
      write(['apply', type, object.metadata], options.signal, () => api.apply(type, object, options)),
    delete: (type, ref, options) => write(['delete', type, ref], options?.signal, () => api.delete(type, ref, options)),
  };
}

type Operation = readonly [verb: string, type: ResourceType, ref: Partial<ObjectRef>];
type Send = <R>(operation: Operation, signal: AbortSignal | undefined, write: () => Promise<R>) => Promise<R>;

interface Sender {
  readonly write: Send;
  readonly read: Send;
}

function createSender({ inFlight, whileFailing }: WriteLimits, clock: Clock): Sender {
  const slots = new Semaphore(inFlight);
  const bucket = new TokenBucket(whileFailing, clock);
  let failingUntilMs = Number.NEGATIVE_INFINITY;

  const isFailing = (): boolean => clock.monotonicMs() < failingUntilMs;

  /** Resolves with a slot, when it is the caller's turn. */
  async function turn(signal: AbortSignal | undefined): Promise<void> {
    await slots.acquire(signal);
    if (!isFailing()) return;
    await sleep(clock, bucket.take(), signal ?? new AbortController().signal);
    if (signal?.aborted !== true) return;
    slots.release();
    signal.throwIfAborted();
  }

  async function judged<R>(request: () => Promise<R>, harmless: readonly ApiErrorCode[]): Promise<R> {
    try {
      return await request();
    } catch (error) {
      if (!harmless.some((code) => isApiError(error, code))) failingUntilMs = clock.monotonicMs() + failingMs;
      throw error;
    }
  }

  const inTurn: Send = async ([verb, type, ref], signal, request) => {
    await turn(signal).catch((error: unknown) => {
      throw failure(`${verb} ${describeTarget(type, ref)}`, error, signal);
    });
    return request().finally(() => slots.release());
  };
  return {
    write: (operation, signal, request) => inTurn(operation, signal, () => judged(request, ordinary)),
    read: (operation, signal, request) => {
      const read = () => judged(request, [...ordinary, 'Forbidden']);
      return isFailing() ? inTurn(operation, signal, read) : read();
    },
  };
}
