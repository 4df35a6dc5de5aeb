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
} from '../api/kube-api.ts';
import { describeTarget, objectPath } from '../api/paths.ts';
import { failure, refusal } from '../api/translate.ts';
import type { Clock } from '../ports/clock.ts';
import { Channel } from './channel.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeNetwork } from './fake-network.ts';
import type { FakeSnapshot, Revision, StoredObject } from './fake-server.ts';
import { FakeServer, Refusal } from './fake-server.ts';
import { applyJsonPatch } from './json-patch.ts';
import { mergeApplied } from './merge.ts';
import type { Selection } from './selectors.ts';
import { isSelected } from './selectors.ts';

/** One call, as the log of the fake has it. */
export interface FakeRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'apply' | 'delete';
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource?: 'status' | undefined;
  /** The object of a create or apply, the operations of a patch, the options of a delete. */
  readonly body?: unknown;
  /** What a list or watch asks for. */
  readonly query?: Omit<ListOptions & WatchOptions, 'signal'>;
}

/** Whose API it is, in whose time it answers. */
export interface FakeKubeApiOptions {
  /** What errors call this cluster. */
  readonly cluster?: string;
  readonly clock?: Clock;
  /** Be another client of that one's server: with faults, connections and a log of its own. */
  readonly sameServerAs?: FakeKubeApi;
}

/**
 * An API server in memory for the tests of controllers. It answers writes as a real one does: uids, resource
 * versions, generations, optimistic locking, finalizers, the status subresource (for every kind), watches and
 * bookmarks. It has neither schemas, defaults, permissions nor garbage collection; in `apply`, lists are replaced
 * as a whole and no manager conflicts with another.
 */
export class FakeKubeApi implements KubeApi {
  /** Every call so far, failed ones included. */
  readonly requests: FakeRequest[] = [];
  /** Called before each request; what it throws is the request's outcome, what it awaits delays it. */
  beforeRequest: ((request: FakeRequest) => void | Promise<void>) | undefined;
  /** Answers creates of what no server keeps, as reviews: what it returns is the answer; without one an object is made. */
  review: ((request: FakeRequest) => KubeObject | undefined) | undefined;
  /** What is between this client and the server, for the test to break. */
  readonly network: FakeNetwork;
  /** Whether watches may begin with all objects; older servers refuse that. */
  servesStreams = true;
  readonly #cluster: string;
  readonly #clock: Clock;
  readonly #server: FakeServer;
  readonly #watches = new Map<Channel<WatchEvent<KubeObject>>, string>();
  readonly #pages: Map<string, ListResult<StoredObject>>;
  /** What each manager last applied to each object. */
  readonly #applied: Map<string, Record<string, unknown>>;

  constructor(options: FakeKubeApiOptions = {}) {
    const { sameServerAs: other, clock = new FakeClock() } = options;
    this.#cluster = options.cluster ?? 'fake';
    this.#clock = other === undefined ? clock : other.#clock;
    this.#server = other === undefined ? new FakeServer(clock) : other.#server;
    this.network = new FakeNetwork(this.#clock, () => this.breakWatches());
    this.#pages = other === undefined ? new Map() : other.#pages;
    this.#applied = other === undefined ? new Map() : other.#applied;
  }

  async get<T extends KubeObject>(type: ResourceType, ref: ObjectRef, signal?: AbortSignal): Promise<T | undefined> {
    return this.#answer({ verb: 'get', type, ...target(ref) }, signal, () => this.object<T>(type, ref));
  }

  async list<T extends KubeObject>(type: ResourceType, options: ListOptions = {}): Promise<ListResult<T>> {
    const { signal, ...query } = options;
    const request = { verb: 'list', type, namespace: query.namespace, name: undefined, query } as const;
    return this.#answer(request, signal, () => {
      const rest = options.continue === undefined ? this.#snapshot(type, options) : this.#pages.get(options.continue);
      if (rest === undefined) throw new Refusal(410, 'Expired', 'The provided continue parameter is too old');
      const { items, resourceVersion } = rest;
      const limit = options.limit ?? items.length;
      const page = { items: structuredClone(items.slice(0, limit)) as StoredObject[] as T[], resourceVersion };
      if (items.length <= limit) return page;
      const token = `page-${this.#pages.size + 1}`;
      this.#pages.set(token, { items: items.slice(limit), resourceVersion });
      return { ...page, continue: token };
    });
  }

  async *watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const { signal, ...query } = options;
    const request = { verb: 'watch', type, namespace: query.namespace, name: undefined, query } as const;
    const operation = this.#operation(request);
    const channel = new Channel<WatchEvent<KubeObject>>();
    const tell = (revision: Revision): void => {
      const event = eventFor(revision, options);
      if (event !== undefined) channel.push(event);
    };
    const stops: (() => unknown)[] = [];
    await this.#answer(request, signal, () => {
      if (options.sendInitialEvents) this.#sendInitialEvents(type, options, channel);
      else this.#sendPast(type, options, tell);
      stops.push(this.#server.listen(type, tell));
    });
    const abort = (): void => channel.close(failure(operation, signal?.reason, signal));
    stops.push(
      this.#clock.setTimer((options.timeoutSeconds ?? 3600) * 1000, () => channel.close()),
      () => signal?.removeEventListener('abort', abort),
      () => this.#watches.delete(channel),
    );
    signal?.addEventListener('abort', abort, { once: true });
    this.#watches.set(channel, operation);
    try {
      for await (const event of channel) {
        await unlessAborted(this.network.pass('event', signal), signal);
        yield event as WatchEvent<T>;
      }
    } catch (error) {
      throw failure(operation, error, signal);
    } finally {
      for (const stop of stops) stop();
    }
  }

  async create<T extends KubeObject>(type: ResourceType, object: T, signal?: AbortSignal): Promise<T> {
    const request = { verb: 'create', type, ...target(object.metadata), body: structuredClone(object) } as const;
    const answer = (): KubeObject => this.review?.(request) ?? this.#server.create(type, object, 'main');
    return this.#answer(request, signal, () => answer() as T);
  }

  async patch<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options: WriteOptions = {},
  ): Promise<T> {
    const { subresource, signal } = options;
    const request = { verb: 'patch', type, ...target(ref), subresource, body: structuredClone(operations) } as const;
    const edit = (draft: StoredObject): void => {
      try {
        applyJsonPatch(draft, operations);
      } catch (error) {
        // A real server says the first part only; the second is for whoever reads the test.
        const why = `the server rejected our request due to an error in our request (${(error as Error).message})`;
        throw new Refusal(422, 'Invalid', why);
      }
    };
    return this.#answer(
      request,
      signal,
      () => this.#server.update(type, ref, subresource ?? 'main', edit) as KubeObject as T,
    );
  }

  async apply<T extends KubeObject>(type: ResourceType, object: T, options: ApplyOptions): Promise<T> {
    const { subresource, signal } = options;
    const request = {
      verb: 'apply',
      type,
      ...target(object.metadata),
      subresource,
      body: structuredClone(object),
    } as const;
    return this.#answer(request, signal, () => this.#apply(type, object, options) as KubeObject as T);
  }

  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { signal, ...body } = options;
    return this.#answer({ verb: 'delete', type, ...target(ref), body }, signal, () => {
      if (this.#server.find(type, ref) === undefined) return false;
      this.#server.delete(type, ref, options);
      return true;
    });
  }

  /** For the test: the object as it is now, without a request. */
  object<T extends KubeObject>(type: ResourceType, ref: ObjectRef): T | undefined {
    return structuredClone(this.#server.find(type, ref)) as KubeObject | undefined as T | undefined;
  }

  /** For the test: all objects of a kind, without a request. */
  objects<T extends KubeObject>(type: ResourceType): T[] {
    return structuredClone(this.#server.list(type)) as KubeObject[] as T[];
  }

  /** For the test: somebody else creates an object, status included. */
  seed<T extends KubeObject>(type: ResourceType, object: T): T {
    return structuredClone(this.#server.create(type, object, 'all')) as KubeObject as T;
  }

  /** For the test: somebody else changes an object, status included; `change` edits the draft it is given. */
  edit<T extends KubeObject>(type: ResourceType, ref: ObjectRef, change: (draft: T) => void): T {
    const edit = change as unknown as (draft: StoredObject) => void;
    return structuredClone(this.#server.update(type, ref, 'all', edit)) as KubeObject as T;
  }

  /** For the test: somebody else deletes an object; finalizers keep it, as always. */
  remove(type: ResourceType, ref: ObjectRef): void {
    this.#server.delete(type, ref, {});
  }

  /** For the test: all that there is, for another server to begin with. */
  snapshot(): FakeSnapshot {
    return structuredClone(this.#server.snapshot());
  }

  /** For the test, before anybody looks: this server begins with what another one had. What managers applied is not known. */
  restore(snapshot: FakeSnapshot): void {
    this.#server.restore(structuredClone(snapshot));
  }

  /** For the test: every open watch ends as after its time. */
  endWatches(): void {
    for (const channel of this.#watches.keys()) channel.close();
  }

  /** For the test: the connection of every open watch breaks. */
  breakWatches(): void {
    for (const [channel, operation] of this.#watches)
      channel.close(failure(operation, new Error('connection reset'), undefined));
  }

  /** For the test: every open watch is told how far it has come; or, by a server that goes wrong, something else. */
  sendBookmarks(resourceVersion = String(this.#server.revision)): void {
    const bookmark = { type: 'BOOKMARK', resourceVersion } as const;
    for (const channel of this.#watches.keys()) channel.push(bookmark);
  }

  /** For the test: every resource version so far is too old to watch from, every list under way too old to go on. */
  compact(): void {
    this.#server.compact();
    this.#pages.clear();
  }

  #apply(type: ResourceType, object: KubeObject, { subresource, fieldManager }: ApplyOptions): StoredObject {
    const fields = structuredClone(object) as StoredObject;
    const existing = this.#server.find(type, object.metadata);
    if (existing === undefined && subresource === undefined) {
      const created = this.#server.create(type, fields, 'main');
      this.#applied.set(`${created.metadata.uid} ${fieldManager} main`, asFields(fields));
      return created;
    }
    const appliedKey = `${existing?.metadata.uid} ${fieldManager} ${subresource ?? 'main'}`;
    const previous = this.#applied.get(appliedKey) ?? {};
    const updated = this.#server.update(type, object.metadata, subresource ?? 'main', (draft) =>
      mergeApplied(asFields(draft), previous, asFields(fields)),
    );
    this.#applied.set(appliedKey, asFields(fields));
    return updated;
  }

  #sendPast(type: ResourceType, { resourceVersion = '0' }: WatchOptions, tell: (revision: Revision) => void): void {
    const past = this.#server.since(type, Number(resourceVersion));
    if (past === undefined) throw new Refusal(410, 'Expired', `too old resource version: ${resourceVersion}`);
    past.forEach(tell);
  }

  #sendInitialEvents(type: ResourceType, selection: Selection, channel: Channel<WatchEvent<KubeObject>>): void {
    if (!this.servesStreams) throw new Refusal(422, 'Invalid', 'sendInitialEvents: Forbidden: is forbidden for watch');
    const { items, resourceVersion } = this.#snapshot(type, selection);
    for (const object of items) channel.push({ type: 'ADDED', object: structuredClone(object) });
    channel.push({ type: 'BOOKMARK', resourceVersion, endsInitialEvents: true });
  }

  #snapshot(type: ResourceType, selection: Selection): ListResult<StoredObject> {
    const items = this.#server.list(type).filter((object) => isSelected(object, selection));
    return { items, resourceVersion: String(this.#server.revision) };
  }

  async #answer<R>(request: FakeRequest, signal: AbortSignal | undefined, answer: () => R): Promise<R> {
    const operation = this.#operation(request);
    if (request.name !== undefined) objectPath(request.type, { namespace: request.namespace, name: request.name });
    this.requests.push(request);
    try {
      await unlessAborted(this.beforeRequest?.(request), signal);
      await unlessAborted(this.network.pass('answer', signal), signal);
      return structuredClone(answer());
    } catch (error) {
      if (error instanceof Refusal)
        throw refusal(operation, error.status, status(error.status, error.reason, error.message));
      throw failure(operation, error, signal);
    }
  }

  #operation({ verb, type, namespace, name }: FakeRequest): string {
    return `${verb} ${describeTarget(type, { namespace, ...(name === undefined ? {} : { name }) })} on ${this.#cluster}`;
  }
}

/** A server that hangs still lets its client give up. */
async function unlessAborted(wait: void | Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (wait === undefined) return;
  const given = Promise.withResolvers<never>();
  const giveUp = (): void => given.reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  await Promise.race([wait, given.promise]).finally(() => signal?.removeEventListener('abort', giveUp));
}

function target(ref: ObjectRef): { namespace: string | undefined; name: string } {
  return { namespace: ref.namespace, name: ref.name };
}

function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', code, reason, message };
}

/** The identity of an object is not a field that a manager owns. */
function asFields(object: StoredObject): Record<string, unknown> {
  return object as unknown as Record<string, unknown>;
}

/** An object that comes into a selection is added for that watch, one that leaves it deleted. */
function eventFor(revision: Revision, selection: Selection): WatchEvent<KubeObject> | undefined {
  const was = revision.before !== undefined && isSelected(revision.before, selection);
  const is = revision.after !== undefined && isSelected(revision.after, selection);
  const object = structuredClone(revision.last);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  return was ? { type: 'DELETED', object } : undefined;
}
