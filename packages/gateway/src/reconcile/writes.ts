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
  /** Writes one annotation, or with `undefined` removes it, whoever else writes others at the same time. */
  setAnnotation(object: T, key: string, value: string | undefined, signal: AbortSignal): Promise<T>;
  /** Changes fields that are ours to write. */
  patch(object: T, operations: readonly JsonPatchOperation[], signal: AbortSignal): Promise<T>;
}

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
    setAnnotation: async (object, key, value, signal) => {
      if (object.metadata.annotations?.[key] === value) return object;
      if (value === undefined)
        return patch(object, [{ op: 'remove', path: `/metadata/annotations/${escapePointer(key)}` }], signal);
      const { name, namespace, uid } = object.metadata;
      const metadata = { name, namespace, uid, annotations: { [key]: value } };
      const { apiVersion, kind } = object;
      return remember(
        await api.apply(type, { apiVersion, kind, metadata } as T, { fieldManager, force: true, signal }),
      );
    },
    patch,
  };
}

/** A patch must not hit another object that has the name by now. */
function sameObject(object: LiqoObject): JsonPatchOperation {
  return { op: 'test', path: '/metadata/uid', value: object.metadata.uid };
}
