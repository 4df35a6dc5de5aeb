import type { KubeObject, WatchEvent } from '../api/kube-api.ts';
import { objectKey } from '../objects/object-key.ts';
import { compareResourceVersions, isNewer } from './resource-version.ts';
import type { Indexes } from './store.ts';
import { Store } from './store.ts';
import { TextPool } from './text-pool.ts';

/** What happened to one object; `before` is absent for a new one, `after` for a deleted one. */
export interface Change<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/**
 * What is known of the objects, from three sources that overtake each other: lists, watch events, and the answers
 * to own writes. Its rule is that no object ever moves back: a watch event from before an own write is skipped, and
 * so is an answer to a write that the watch has already passed (the object may have been deleted since).
 */
export class View<T extends KubeObject> {
  readonly store: Store<T>;
  readonly #keep: ((object: T) => T) | undefined;
  /** Everything up to this resource version is known. */
  #position: string | undefined;
  /** Own writes that the watch has not reached yet: key → resource version, in the order of the answers. */
  readonly #ahead = new Map<string, string>();

  /** `keep`: what of an object stays in the store. */
  constructor(indexes: Indexes<T>, keep?: (object: T) => T) {
    this.store = new Store<T>(indexes);
    this.#keep = keep;
  }

  get position(): string | undefined {
    return this.#position;
  }

  /** A list that begins now shows every own write made so far. */
  beginList(): void {
    this.#ahead.clear();
  }

  /** Takes over a complete list; what it lacks is deleted, unless it was written after the list. */
  replace(items: readonly T[], resourceVersion: string): Change<T>[] {
    const next = new Map(items.map((item) => [objectKey(item), item]));
    for (const key of this.#ahead.keys()) {
      const written = this.store.get(key);
      if (written !== undefined && isNewer(versionOf(written), resourceVersion)) next.set(key, written);
    }
    const gone = this.store.keys().filter((key) => !next.has(key));
    const changes = [
      ...gone.map((key) => this.#put(key, undefined)),
      ...Array.from(next, ([key, item]) => this.#put(key, item)),
    ];
    this.#moveTo(resourceVersion);
    return changes.filter((change) => change !== undefined);
  }

  /** Takes over one watch event. Throws when the stream goes back in time: then nothing but a list helps. */
  apply(event: WatchEvent<T>): Change<T> | undefined {
    const version = event.type === 'BOOKMARK' ? event.resourceVersion : versionOf(event.object);
    if (version === undefined || isNewer(this.#position, version)) {
      throw new Error(`the watch went back from resource version ${this.#position} to ${version}`);
    }
    this.#moveTo(version);
    if (event.type === 'BOOKMARK') return undefined;
    const key = objectKey(event.object);
    if (isNewer(versionOf(this.store.get(key)), version)) return undefined;
    return this.#put(key, event.type === 'DELETED' ? undefined : event.object);
  }

  /** Takes over the answer to an own write, when it is surely news. */
  observe(object: T): Change<T> | undefined {
    const version = versionOf(object);
    const key = objectKey(object);
    const current = this.store.get(key);
    if (version === undefined) return undefined;
    if (this.#position !== undefined && !isNewer(version, this.#position)) return undefined;
    if (current !== undefined && !isNewer(version, versionOf(current))) return undefined;
    this.#ahead.delete(key);
    this.#ahead.set(key, version);
    return this.#put(key, object);
  }

  #moveTo(resourceVersion: string): void {
    this.#position = resourceVersion;
    // Answers come nearly in the order of their versions, and one that stays a while longer does no harm.
    for (const [key, version] of this.#ahead) {
      if (isNewer(version, resourceVersion)) return;
      this.#ahead.delete(key);
    }
  }

  #put(key: string, object: T | undefined): Change<T> | undefined {
    const before = this.store.get(key);
    if (before === undefined && object === undefined) return undefined;
    if (before !== undefined && object !== undefined && isSame(before, object)) return undefined;
    if (object === undefined) {
      this.store.delete(key);
      return { key, before, after: undefined };
    }
    const after = this.#keep === undefined ? shared(object) : object;
    this.store.set(key, this.#keep === undefined ? after : shared(this.#keep(object)));
    return { key, before, after };
  }
}

function versionOf(object: KubeObject | undefined): string | undefined {
  return object?.metadata.resourceVersion;
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && compareResourceVersions(versionOf(a), versionOf(b)) === 0;
}

/** One for all caches: what is on one cluster is on others, too. */
const texts = new TextPool();

/** Frozen, since all readers share it; without `managedFields`, which are often its larger half. */
function shared<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  return deepFreeze({ ...object, metadata });
}

/** Freezes it, with equal texts in it made the same: half of what objects of one kind say is what the others say, too. */
function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const fields = value as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) {
    if (typeof field === 'string') fields[name] = texts.share(field);
    else deepFreeze(field);
  }
  return Object.freeze(value);
}
