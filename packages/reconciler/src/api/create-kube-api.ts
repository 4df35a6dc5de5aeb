import type { ClusterConnection } from '../connection/connection.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { noMetrics } from '../metrics/metrics.ts';
import { systemClock } from '../ports/system.ts';
import type { Answer, Exchange, Limits } from './exchange.ts';
import { createExchange } from './exchange.ts';
import type {
  ApplyOptions,
  DeleteOptions,
  JsonPatchOperation,
  KubeApi,
  KubeObject,
  ListOptions,
  ListResult,
  ObjectRef,
  ResourceType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './kube-api.ts';
import { measured } from './measure.ts';
import { collectionPath, describeTarget, namespacedPath, objectPath, queryString } from './paths.ts';
import { isMissingObject, unexpected } from './translate.ts';
import { createTransport } from './transport.ts';
import { readWatch } from './watch.ts';

/** Limits and names of one client; every one has a default. */
export interface KubeApiOptions extends Partial<Limits> {
  /** What errors call this cluster; by default the host and port of its server. */
  readonly cluster?: string;
  /** Its part before a slash is the field manager of creates and patches; `leafway-reconciler` by default. */
  readonly userAgent?: string;
  readonly metrics?: Metrics;
  /**
   * Longest time from the call of a write until it leaves; what then still waits for a connection is `Unavailable`. For those
   * who write while they hold a lease: less than what the lease lasts beyond the time for which its holder trusts it (5 s by
   * default, see `LeaderElectionTimings`), so that nothing leaves late in a process that was suspended. Else without limit.
   */
  readonly writesLeaveWithinMs?: number;
}

/**
 * The adapter of `KubeApi` for a real API server: one pool of connections, limits on the time and the size of
 * every answer, and one error type. A kind that the server does not serve is an `ApiError` with code `NotFound`,
 * also for `get` and `delete`. Throws when the server's address is not a URL.
 */
export function createKubeApi(
  connection: ClusterConnection,
  options: KubeApiOptions = {},
): KubeApi & { close(): Promise<void> } {
  const cluster = options.cluster ?? new URL(connection.server).host;
  const transport = createTransport(connection, options.userAgent ?? 'leafway-reconciler', {
    clock: systemClock,
    writesLeaveWithinMs: options.writesLeaveWithinMs,
  });
  const exchange = createExchange(transport, {
    timeoutMs: options.timeoutMs ?? 30_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 64 * 1024 * 1024,
    maxWatchSilenceMs: options.maxWatchSilenceMs ?? 90_000,
  });
  const { metrics = noMetrics } = options;
  return new HttpKubeApi(measured(exchange, cluster, metrics, systemClock), cluster, () => transport.close());
}

class HttpKubeApi implements KubeApi {
  readonly close: () => Promise<void>;
  readonly #exchange: Exchange;
  readonly #cluster: string;

  constructor(exchange: Exchange, cluster: string, close: () => Promise<void>) {
    this.#exchange = exchange;
    this.#cluster = cluster;
    this.close = close;
  }

  async get<T extends KubeObject>(type: ResourceType, ref: ObjectRef, signal?: AbortSignal): Promise<T | undefined> {
    const operation = this.#operation('get', type, ref);
    const answer = await this.#exchange.call(operation, { method: 'GET', path: objectPath(type, ref), signal }, isGone);
    return isGone(answer) ? undefined : readObject<T>(operation, answer);
  }

  async list<T extends KubeObject>(type: ResourceType, options: ListOptions = {}): Promise<ListResult<T>> {
    const { namespace, signal, ...query } = options;
    const operation = this.#operation('list', type, { namespace });
    const path = collectionPath(type, namespace) + queryString(query);
    const answer = await this.#exchange.call(operation, { method: 'GET', path, signal });
    return readList<T>(operation, type, answer);
  }

  watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const { namespace, signal, ...query } = options;
    const operation = this.#operation('watch', type, { namespace });
    const initial = query.sendInitialEvents ? { resourceVersionMatch: 'NotOlderThan' } : {};
    const watch = { watch: true, allowWatchBookmarks: true };
    const path = collectionPath(type, namespace) + queryString({ ...query, ...initial, ...watch });
    return readWatch<T>(operation, this.#exchange.stream(operation, { method: 'GET', path, signal }));
  }

  async create<T extends KubeObject>(type: ResourceType, object: T, signal?: AbortSignal): Promise<T> {
    const operation = this.#operation('create', type, object.metadata);
    const path = namespacedPath(type, object.metadata.namespace);
    const contentType = 'application/json';
    const answer = await this.#exchange.call(operation, { method: 'POST', path, body: object, contentType, signal });
    return isKept(object) ? readObject<T>(operation, answer) : readReview<T>(operation, answer);
  }

  async patch<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#patch<T>('patch', type, ref, 'application/json-patch+json', operations, options);
  }

  async apply<T extends KubeObject>(type: ResourceType, object: T, options: ApplyOptions): Promise<T> {
    return this.#patch<T>('apply', type, object.metadata, 'application/apply-patch+yaml', object, options);
  }

  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const operation = this.#operation('delete', type, ref);
    const { signal, propagationPolicy, ...preconditions } = options;
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, propagationPolicy };
    const request = {
      method: 'DELETE',
      path: objectPath(type, ref),
      body,
      contentType: 'application/json',
      signal,
    } as const;
    return !isGone(await this.#exchange.call(operation, request, isGone));
  }

  async #patch<T extends KubeObject>(
    verb: string,
    type: ResourceType,
    ref: ObjectRef,
    contentType: string,
    body: unknown,
    options: WriteOptions & Partial<ApplyOptions>,
  ): Promise<T> {
    const { signal, subresource, fieldManager, force } = options;
    const operation = this.#operation(verb, type, ref);
    const path = objectPath(type, ref, subresource) + queryString({ fieldManager, force });
    return readObject<T>(
      operation,
      await this.#exchange.call(operation, { method: 'PATCH', path, body, contentType, signal }),
    );
  }

  #operation(verb: string, type: ResourceType, ref: Partial<ObjectRef>): string {
    return `${verb} ${describeTarget(type, ref)} on ${this.#cluster}`;
  }
}

const isGone = (answer: Answer): boolean => isMissingObject(answer.status, answer.body);

/** What is created without a name is answered, and not kept. */
const isKept = ({ metadata }: KubeObject): boolean => metadata.name !== undefined;

function readReview<T extends KubeObject>(operation: string, answer: Answer): T {
  const object = answer.body as Partial<T> | null;
  if (typeof object?.kind !== 'string') throw unexpected(operation, 'the answer is not an object');
  return object as T;
}

function readObject<T extends KubeObject>(operation: string, answer: Answer): T {
  const object = answer.body as Partial<T> | null;
  if (typeof object?.metadata?.name !== 'string')
    throw unexpected(operation, 'the answer is not an object with a name');
  return object as T;
}

/** Items of a list come without `apiVersion` and `kind`. */
function readList<T extends KubeObject>(operation: string, type: ResourceType, answer: Answer): ListResult<T> {
  const list = answer.body as { metadata?: { resourceVersion?: string; continue?: string }; items?: T[] | null } | null;
  const resourceVersion = list?.metadata?.resourceVersion;
  if (typeof resourceVersion !== 'string') throw unexpected(operation, 'the answer is not a list');
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  const items = (list?.items ?? []).map((item) => ({ ...item, apiVersion, kind: type.kind }));
  return { items, resourceVersion, continue: list?.metadata?.continue || undefined, bytes: answer.bytes };
}
