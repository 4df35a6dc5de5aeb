import { ApiError, isApiError } from '../api/errors.ts';
import type { JsonPatchOperation, KubeApi, KubeObject, ObjectRef, ResourceType } from '../api/kube-api.ts';
import { describeTarget } from '../api/paths.ts';

/**
 * Puts the finalizer on the object and resolves with the new state; with the object itself when it is there
 * already. Throws `Conflict` when the object is no longer as given: look again and decide anew.
 */
export async function addFinalizer<T extends KubeObject>(
  api: KubeApi,
  type: ResourceType,
  object: T,
  finalizer: string,
  signal?: AbortSignal,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  const add: JsonPatchOperation =
    finalizers.length === 0
      ? { op: 'add', path: '/metadata/finalizers', value: [finalizer] }
      : { op: 'add', path: '/metadata/finalizers/-', value: finalizer };
  return patchAsGiven<T>(api, type, object, add, signal);
}

/**
 * Takes the finalizer off; an object that is gone or does not carry it is fine. Throws `Conflict` when the object
 * is no longer as given.
 */
export async function removeFinalizer(
  api: KubeApi,
  type: ResourceType,
  object: KubeObject,
  finalizer: string,
  signal?: AbortSignal,
): Promise<void> {
  const index = object.metadata.finalizers?.indexOf(finalizer) ?? -1;
  if (index === -1) return;
  try {
    await patchAsGiven(api, type, object, { op: 'remove', path: `/metadata/finalizers/${index}` }, signal);
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** The position in the list is only right for the very state it was read from: hence the two tests. */
async function patchAsGiven<T extends KubeObject>(
  api: KubeApi,
  type: ResourceType,
  object: KubeObject,
  change: JsonPatchOperation,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { uid, resourceVersion, name, namespace } = object.metadata;
  const ref: ObjectRef = { name, namespace };
  const operations: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    change,
  ];
  try {
    return await api.patch<T>(type, ref, operations, { signal });
  } catch (error) {
    if (!isApiError(error, 'Invalid')) throw error;
    const { operation, status, message } = error;
    throw new ApiError(`${describeTarget(type, ref)} changed meanwhile: ${message}`, {
      code: 'Conflict',
      status,
      operation,
      cause: error,
    });
  }
}
