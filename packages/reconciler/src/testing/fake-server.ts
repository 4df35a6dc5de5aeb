import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectRef, ResourceType } from '../api/kube-api.ts';
import { objectKey } from '../objects/object-key.ts';
import type { Clock } from '../ports/clock.ts';

/** One change of one object, as the watches of its kind are told. */
export interface Revision {
  readonly revision: number;
  readonly kind: string;
  readonly before: StoredObject | undefined;
  /** For a deleted object absent; `last` is then its last state. */
  readonly after: StoredObject | undefined;
  readonly last: StoredObject;
}

/** What the fake knows of every kind. */
export type StoredObject = KubeObject & { spec?: unknown; status?: unknown };

/** All objects of a server with all their metadata, by kind; it can be written as JSON. */
export type FakeSnapshot = Readonly<Record<string, readonly StoredObject[]>>;

/** Which part of an object a write may change: all but the status, the status alone, or (for tests) both. */
export type Part = 'main' | 'status' | 'all';

/** A refusal as the server would send it, still without the name of the request. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** The objects of one cluster and the rules by which an API server changes them. Objects in it are never changed. */
export class FakeServer {
  readonly #clock: Clock;
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #listeners = new Set<(revision: Revision) => void>();
  #history: Revision[] = [];
  #revision = 100;
  #compacted = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get revision(): number {
    return this.#revision;
  }

  find(type: ResourceType, ref: ObjectRef): StoredObject | undefined {
    return this.#kind(type).get(objectKey({ apiVersion: '', kind: '', metadata: refOf(type, ref) }));
  }

  /** In the order of their keys. */
  list(type: ResourceType): StoredObject[] {
    return [...this.#kind(type)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** The changes after a resource version; `undefined` when they are no longer known. */
  since(type: ResourceType, revision: number): Revision[] | undefined {
    if (revision < this.#compacted) return undefined;
    return this.#history.filter((each) => each.revision > revision && each.kind === kindOf(type));
  }

  /** Tells `listener` of every change of that kind; the returned function ends that. */
  listen(type: ResourceType, listener: (revision: Revision) => void): () => void {
    const filtered = (each: Revision): void => {
      if (each.kind === kindOf(type)) listener(each);
    };
    this.#listeners.add(filtered);
    return () => this.#listeners.delete(filtered);
  }

  /** All objects, by what their kind is called here. */
  snapshot(): FakeSnapshot {
    return Object.fromEntries(Array.from(this.#objects, ([kind, objects]) => [kind, [...objects.values()]]));
  }

  /** Takes over objects as they are, in place of those that it has; nobody is told. */
  restore(snapshot: FakeSnapshot): void {
    this.#objects.clear();
    for (const [kind, objects] of Object.entries(snapshot)) {
      this.#objects.set(kind, new Map(objects.map((object) => [objectKey(object), object])));
      const versions = objects.map(({ metadata }) => Number(metadata.resourceVersion));
      this.#revision = versions.reduce((most, version) => Math.max(most, version), this.#revision);
    }
    this.compact();
  }

  /** Forgets all changes so far. */
  compact(): void {
    this.#revision += 1;
    this.#compacted = this.#revision;
    this.#history = [];
  }

  create(type: ResourceType, object: StoredObject, part: Part): StoredObject {
    if (object.metadata.resourceVersion !== undefined) {
      throw new Refusal(500, 'InternalError', 'resourceVersion should not be set on objects to be created');
    }
    if (this.find(type, object.metadata) !== undefined) {
      throw new Refusal(409, 'AlreadyExists', `${type.plural} "${object.metadata.name}" already exists`);
    }
    const { status, ...rest } = structuredClone(object);
    const created: StoredObject = {
      ...rest,
      ...(part === 'all' && status !== undefined ? { status } : {}),
      metadata: {
        ...rest.metadata,
        ...refOf(type, rest.metadata),
        uid: `00000000-0000-4000-8000-${String(this.#revision).padStart(12, '0')}`,
        generation: 1,
        creationTimestamp: this.#stamp(),
      },
    };
    return this.#commit(type, undefined, created);
  }

  /** Changes an object as `edit` does to the draft; what that part of it may not change stays as it is. */
  update(type: ResourceType, ref: ObjectRef, part: Part, edit: (draft: StoredObject) => void): StoredObject {
    const before = this.#require(type, ref);
    const draft = structuredClone(before);
    edit(draft);
    this.#checkPreconditions(type, before, draft.metadata);
    const after = limitedTo(part, before, draft);
    refuseNewFinalizers(type, before, after);
    if (isDeepStrictEqual(before, after)) return before;
    const hasNewSpec = !isDeepStrictEqual(withoutMetadataAndStatus(before), withoutMetadataAndStatus(after));
    if (hasNewSpec) after.metadata.generation = (before.metadata.generation ?? 0) + 1;
    const isFinished = after.metadata.deletionTimestamp !== undefined && (after.metadata.finalizers ?? []).length === 0;
    return isFinished ? this.#remove(type, before, after) : this.#commit(type, before, after);
  }

  /** Deletes an object, or marks it as deleted while it has finalizers. */
  delete(
    type: ResourceType,
    ref: ObjectRef,
    preconditions: { uid?: string | undefined; resourceVersion?: string | undefined },
  ): void {
    const before = this.#require(type, ref);
    this.#checkPreconditions(type, before, preconditions);
    if ((before.metadata.finalizers ?? []).length === 0) {
      this.#remove(type, before, before);
      return;
    }
    if (before.metadata.deletionTimestamp !== undefined) return;
    const after = structuredClone(before);
    after.metadata.deletionTimestamp = this.#stamp();
    after.metadata.generation = (before.metadata.generation ?? 0) + 1;
    this.#commit(type, before, after);
  }

  #require(type: ResourceType, ref: ObjectRef): StoredObject {
    const object = this.find(type, ref);
    if (object === undefined) throw new Refusal(404, 'NotFound', `${type.plural} "${ref.name}" not found`);
    return object;
  }

  #checkPreconditions(
    type: ResourceType,
    object: StoredObject,
    wanted: { uid?: string | undefined; resourceVersion?: string | undefined },
  ): void {
    for (const field of ['uid', 'resourceVersion'] as const) {
      if (wanted[field] === undefined || wanted[field] === object.metadata[field]) continue;
      throw new Refusal(409, 'Conflict', `${type.plural} "${object.metadata.name}": the object has another ${field}`);
    }
  }

  #commit(type: ResourceType, before: StoredObject | undefined, object: StoredObject): StoredObject {
    const after = this.#withNextVersion(object);
    this.#kind(type).set(objectKey(after), after);
    this.#publish({ revision: this.#revision, kind: kindOf(type), before, after, last: after });
    return after;
  }

  #remove(type: ResourceType, before: StoredObject, object: StoredObject): StoredObject {
    const last = this.#withNextVersion(object);
    this.#kind(type).delete(objectKey(last));
    this.#publish({ revision: this.#revision, kind: kindOf(type), before, after: undefined, last });
    return last;
  }

  #withNextVersion(object: StoredObject): StoredObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #publish(revision: Revision): void {
    this.#history.push(revision);
    for (const listener of this.#listeners) listener(revision);
  }

  #kind(type: ResourceType): Map<string, StoredObject> {
    const objects = this.#objects.get(kindOf(type)) ?? new Map<string, StoredObject>();
    this.#objects.set(kindOf(type), objects);
    return objects;
  }

  #stamp(): string {
    return this.#clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }
}

/** All versions of a kind are the same objects. */
function kindOf(type: ResourceType): string {
  return `${type.group}/${type.plural}`;
}

function refOf(type: ResourceType, ref: ObjectRef): { name: string; namespace?: string } {
  if (!type.namespaced) return { name: ref.name };
  if (ref.namespace === undefined) throw new TypeError(`${type.kind} ${ref.name} needs a namespace`);
  return { name: ref.name, namespace: ref.namespace };
}

function limitedTo(part: Part, before: StoredObject, draft: StoredObject): StoredObject {
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, name, namespace } = before.metadata;
  const fixed = { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, name, namespace };
  const kept = Object.fromEntries(
    Object.entries(fixed).filter(([, value]) => value !== undefined),
  ) as unknown as KubeObject['metadata'];
  const metadata = part === 'status' ? before.metadata : { ...draft.metadata, ...kept };
  const { status: _, ...main } = part === 'status' ? before : draft;
  const { status } = part === 'main' ? before : draft;
  return structuredClone({ ...main, metadata, ...(status === undefined ? {} : { status }) });
}

function refuseNewFinalizers(type: ResourceType, before: StoredObject, after: StoredObject): void {
  if (before.metadata.deletionTimestamp === undefined) return;
  const added = (after.metadata.finalizers ?? []).filter((each) => !before.metadata.finalizers?.includes(each));
  if (added.length === 0) return;
  throw new Refusal(
    422,
    'Invalid',
    `${type.plural} "${before.metadata.name}": no new finalizers can be added if the object is being deleted`,
  );
}

function withoutMetadataAndStatus(object: StoredObject): object {
  const { metadata: _, status: __, ...rest } = object;
  return rest;
}
