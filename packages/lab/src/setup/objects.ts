import { isApiError, type KubeApi, type KubeObject, type ResourceType } from '@leafway/reconciler';
import { LabError } from '../errors.ts';

/** One cluster during its set-up, with the admin's connection to it. */
export interface ClusterAdmin {
  readonly id: string;
  readonly api: KubeApi;
  /** Ends every call and every wait. */
  readonly signal: AbortSignal;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A server that is starting, or has just learnt a kind, says "later" now and then. */
const laterMs = 200;

/** Creates an object and returns it as the server keeps it; one that is there already is left as it is. */
export async function createObject<T extends KubeObject>(
  cluster: ClusterAdmin,
  type: ResourceType,
  object: T,
): Promise<T> {
  const { api, signal } = cluster;
  try {
    return await patiently(cluster, () => api.create(type, object, signal));
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const found = await api.get<T>(type, object.metadata, signal);
    if (found === undefined) throw error;
    return found;
  }
}

/** One object, and what it shall come to. */
export interface Wait<T, R> {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** What is waited for, for the error: `the endpoint of …`. */
  readonly what: string;
  /** The result once the object is as it should be, else `undefined`. */
  readonly accept: (object: T) => R | undefined;
  readonly timeoutMs: number;
}

/**
 * Waits by a watch until an object is as it should be, whether it exists already or not.
 * @throws LabError `LAB_TIMEOUT` that shows the status the object had last; rejects when the cluster's signal aborts.
 */
export async function waitForObject<T extends KubeObject, R>(cluster: ClusterAdmin, wait: Wait<T, R>): Promise<R> {
  const timeout = AbortSignal.timeout(wait.timeoutMs);
  let last: T | undefined;
  try {
    for await (const object of follow(cluster, wait, AbortSignal.any([cluster.signal, timeout]))) {
      last = object;
      const result = wait.accept(object);
      if (result !== undefined) return result;
    }
  } catch (error) {
    if (!timeout.aborted || cluster.signal.aborted) throw error;
  }
  cluster.signal.throwIfAborted();
  throw new LabError(
    'LAB_TIMEOUT',
    `${cluster.id}: ${wait.what} did not come within ${wait.timeoutMs / 1000} s: ${describe(last)}`,
  );
}

function describe(object: (KubeObject & { readonly status?: unknown }) | undefined): string {
  return object === undefined ? 'it does not exist' : `its status is ${JSON.stringify(object.status ?? null)}`;
}

/** Every state of one object from now on; lists again when a watch ends. */
async function* follow<T extends KubeObject, R>(
  cluster: ClusterAdmin,
  { type, namespace, name }: Wait<T, R>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const { api } = cluster;
  const selection = { namespace, fieldSelector: `metadata.name=${name}`, signal };
  while (!signal.aborted) {
    const { items, resourceVersion } = await patiently(cluster, () => api.list<T>(type, selection));
    yield* items;
    try {
      for await (const event of api.watch<T>(type, { ...selection, resourceVersion })) {
        if (event.type === 'ADDED' || event.type === 'MODIFIED') yield event.object;
      }
    } catch (error) {
      if (!isApiError(error, 'Gone') && !isApiError(error, 'Throttled')) throw error;
    }
  }
}

async function patiently<T>({ sleep }: ClusterAdmin, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isApiError(error, 'Throttled')) throw error;
      await sleep(Math.min(error.retryAfterMs ?? laterMs, laterMs));
    }
  }
}
