import { isDeepStrictEqual } from 'node:util';
import type { LiqoObject } from '@leafway/liqo';
import {
  type Cache,
  escapePointer,
  type JsonPatchOperation,
  type KubeApi,
  type ResourceType,
} from '@leafway/reconciler';

/** Writes to objects of one kind; every answer goes into the cache at once, and what changes nothing is not written. */
export interface Writer<T extends LiqoObject & { status?: unknown }> {
  create(object: T, signal: AbortSignal): Promise<T>;
  /** Writes the status, which is ours alone. */
  setStatus(object: T, status: NonNullable<T['status']>, signal: AbortSignal): Promise<T>;
  /**
   * Writes annotations, or removes those with `undefined`, whoever else writes others at the same time. Give all that we
   * have on that object: one that is left out is taken away.
   */
  setAnnotations(object: T, values: Annotations, signal: AbortSignal): Promise<T>;
  /** Changes fields that are ours to write. */
  patch(object: T, operations: readonly JsonPatchOperation[], signal: AbortSignal): Promise<T>;
}

/** By key; `undefined` where there shall be none. */
export type Annotations = Readonly<Record<string, string | undefined>>;

const fieldManager = 'leafway-agent';

export function createWriter<T extends LiqoObject & { status?: unknown }>(
  api: KubeApi,
  type: ResourceType,
  cache: Cache<T>,
): Writer<T> {
  const remember = (object: T): T => {
    cache.observe(object);
    return object;
  };
  const patch: Writer<T>['patch'] = async (object, operations, signal) =>
    remember(await api.patch<T>(type, object.metadata, [sameObject(object), ...operations], { signal }));
  return {
    create: async (object, signal) => remember(await api.create(type, object, signal)),
    setStatus: async (object, status, signal) => {
      if (isDeepStrictEqual(object.status, status)) return object;
      const operations = [sameObject(object), { op: 'add', path: '/status', value: status } as const];
      return remember(await api.patch<T>(type, object.metadata, operations, { signal, subresource: 'status' }));
    },
    // With force: whoever wrote another value there does not know our key.
    setAnnotations: async (object, values, signal) => {
      const changed = Object.entries(values).filter(([key, value]) => object.metadata.annotations?.[key] !== value);
      if (changed.length === 0) return object;
      // What somebody else wrote under our key would outlive an apply without it.
      if (changed.some(([, value]) => value === undefined))
        return patch(object, changed.map(annotationOperation), signal);
      const annotations = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
      const { name, namespace, uid } = object.metadata;
      const metadata = { name, namespace, uid, annotations };
      const { apiVersion, kind } = object;
      return remember(
        await api.apply(type, { apiVersion, kind, metadata } as T, { fieldManager, force: true, signal }),
      );
    },
    patch,
  };
}

function annotationOperation([key, value]: readonly [string, string | undefined]): JsonPatchOperation {
  const path = `/metadata/annotations/${escapePointer(key)}`;
  return value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
}

/** A patch must not hit another object that has the name by now. */
function sameObject(object: LiqoObject): JsonPatchOperation {
  return { op: 'test', path: '/metadata/uid', value: object.metadata.uid };
}
