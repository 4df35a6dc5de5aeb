import { ApiError, isApiError } from '../api/errors.ts';
import type { JsonPatchOperation, KubeApi, KubeObject, ResourceType, WriteOptions } from '../api/kube-api.ts';

/**
 * Changes the very state that was given, by JSON Patch with a `test` on uid and resourceVersion, and resolves with
 * the new one. Throws `Conflict` when the object is no longer as given, by that or by a `test` of the caller's: look
 * again and decide anew. A change that the server understood and refused (schema, policy) stays `Invalid`.
 */
export async function guardedPatch<T extends KubeObject>(
  api: KubeApi,
  type: ResourceType,
  object: T,
  operations: readonly JsonPatchOperation[],
  options: WriteOptions = {},
): Promise<T> {
  const { uid, resourceVersion, name, namespace } = object.metadata;
  const guards: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
  try {
    return await api.patch<T>(type, { name, namespace }, [...guards, ...operations], options);
  } catch (error) {
    if (!isApiError(error, 'Invalid') || !doesNotApply(error)) throw error;
    const { operation, status } = error;
    throw new ApiError(`${operation}: the object changed meanwhile`, {
      code: 'Conflict',
      status,
      operation,
      cause: error,
    });
  }
}

/**
 * Kubernetes has one sentence for every patch that does not fit the object, a failed `test` included (apimachinery's
 * `NewGenericServerResponse` for 422), without a word about which operation; a refusal of the changed object says
 * what is wrong with it instead.
 */
function doesNotApply({ status, message }: ApiError): boolean {
  return status === 422 && message.includes('the server rejected our request due to an error in our request');
}
