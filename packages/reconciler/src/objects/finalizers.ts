import { isApiError } from '../api/errors.ts';
import type { JsonPatchOperation, KubeApi, KubeObject, ResourceType } from '../api/kube-api.ts';
import { guardedPatch } from './guarded-patch.ts';

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
  return guardedPatch(api, type, object, [add], { signal });
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
  // The position is right for the given state only.
  const remove: JsonPatchOperation = { op: 'remove', path: `/metadata/finalizers/${index}` };
  try {
    await guardedPatch(api, type, object, [remove], { signal });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
