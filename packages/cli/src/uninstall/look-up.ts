import { isApiError, type KubeApi, type KubeObject } from '@leafway/reconciler';
import { isUnknownKind } from '../central/explain-error.ts';
import type { InstalledObject } from './installed-objects.ts';

/** An object of an installation that is there. */
export interface Present {
  readonly ref: InstalledObject;
  readonly object: KubeObject;
}

/** Those of the objects that are there, in their order. Throws `ApiError`. */
export async function present(
  api: KubeApi,
  wanted: readonly InstalledObject[],
  signal: AbortSignal,
): Promise<Present[]> {
  const found = await Promise.all(
    wanted.map(async (ref) => {
      const object = await unlessUnknown(() => api.get(ref.type, ref, signal), undefined);
      return object === undefined ? [] : [{ ref, object }];
    }),
  );
  return found.flat();
}

/** All objects of a kind; none of a kind that the cluster does not have. Throws `ApiError`. */
export async function listAll<T extends KubeObject>(
  api: KubeApi,
  type: Parameters<KubeApi['list']>[0],
  options: Parameters<KubeApi['list']>[1],
): Promise<T[]> {
  return unlessUnknown(async () => (await api.list<T>(type, options)).items, []);
}

/** A kind that the cluster does not have has no objects. */
async function unlessUnknown<R>(ask: () => Promise<R>, otherwise: R): Promise<R> {
  try {
    return await ask();
  } catch (error) {
    if (isApiError(error) && isUnknownKind(error)) return otherwise;
    throw error;
  }
}
