/**
 * The port through which everything here talks to one Kubernetes API server.
 * `createKubeApi` is the adapter for real servers, `FakeKubeApi` under `/testing` the one for tests.
 */

/** Where objects of one kind live in the API. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural name as it stands in the path, for example `publickeies`. */
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Who an object goes with: it is collected when all of its owners are gone. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** The metadata that every object has; times are RFC 3339. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** What every Kubernetes object has. Objects that come out of a cache are shared: never change one. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** The address of one object: `namespace` is left out for cluster-scoped kinds. */
export interface ObjectRef {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Which objects to list: selectors as kubectl has them, all namespaces when none is named. `limit` asks for pages. */
export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One page of a list; a watch goes on from its `resourceVersion`. */
export interface ListResult<T> {
  readonly items: T[];
  readonly resourceVersion: string;
  /** Present when there are more pages. */
  readonly continue?: string | undefined;
  /** Size of the answer, where that is known. */
  readonly bytes?: number | undefined;
}

/** Which changes to follow, and from where on; all namespaces when none is named. */
export interface WatchOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Only what comes after it. */
  readonly resourceVersion?: string | undefined;
  /**
   * Instead of `resourceVersion`: begin with every object that there is, as `ADDED`, and a bookmark that
   * `endsInitialEvents`. Servers that cannot do that (it is there by default from Kubernetes 1.34) answer `Invalid`, or
   * never send that bookmark.
   */
  readonly sendInitialEvents?: boolean | undefined;
  /** After this many seconds the server ends the watch cleanly. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One line of a watch. An `ERROR` line is thrown as `ApiError` and never seen here. */
export type WatchEvent<T> =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
      readonly object: T;
      /** Size of the event, where that is known. */
      readonly bytes?: number | undefined;
    }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly endsInitialEvents?: boolean | undefined };

/** An operation of RFC 6902; `path` is a JSON pointer. */
export type JsonPatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What to write to, the object itself by default, and when to give up. */
export interface WriteOptions {
  readonly subresource?: 'status' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of a server-side apply; `fieldManager` is who owns the fields afterwards. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Take fields over from other managers; only for our own kinds. */
  readonly force?: boolean | undefined;
}

/** Preconditions of a deletion, and what becomes of the objects that the deleted one owns. */
export interface DeleteOptions {
  /** The object is deleted only when it still is this one. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Every method but `get` and `delete` throws `ApiError` when the server refuses or cannot be reached. */
export interface KubeApi {
  /** `undefined` when there is no such object. */
  get<T extends KubeObject>(type: ResourceType, ref: ObjectRef, signal?: AbortSignal): Promise<T | undefined>;
  /** One page, with `apiVersion` and `kind` filled in on each item. */
  list<T extends KubeObject>(type: ResourceType, options?: ListOptions): Promise<ListResult<T>>;
  /** Ends when the server ends the watch; throws `ApiError` (410 `Gone` included) when it breaks. Asks for bookmarks. */
  watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** The object as it was made. Without a name it is a review or the like, which the server answers and does not keep. */
  create<T extends KubeObject>(type: ResourceType, object: T, signal?: AbortSignal): Promise<T>;
  /** JSON Patch; a failed `test` is an `ApiError` with code `Invalid`. */
  patch<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    operations: readonly JsonPatchOperation[],
    options?: WriteOptions,
  ): Promise<T>;
  /** Server-side apply of exactly the given fields. */
  apply<T extends KubeObject>(type: ResourceType, object: T, options: ApplyOptions): Promise<T>;
  /** `false` when there was nothing to delete. Throws `Conflict` when a precondition does not hold. */
  delete(type: ResourceType, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
}
