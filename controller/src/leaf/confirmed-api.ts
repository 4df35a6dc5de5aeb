import { isApiError, type KubeApi, type ResourceType } from '@leafway/reconciler';

/** A leaf's API, and how much is under way with it. */
export interface ConfirmedApi extends KubeApi {
  /** Resolves when no request is under way any more, watches apart. */
  idle(): Promise<void>;
}

export interface ConfirmedApiOptions {
  /** Asks who answers; rejects unless it is the cluster that it was. */
  readonly confirm: () => Promise<void>;
  /** The server said that we may not do something with objects of that kind. */
  readonly onForbidden: (type: ResourceType) => void;
}

/**
 * The same API; once a watch broke nothing more is asked or written before it was found out who answers. Another cluster
 * may have taken the leaf's place, and would go on with a watch as if nothing had happened.
 */
export function confirmedApi(api: KubeApi, { confirm, onForbidden }: ConfirmedApiOptions): ConfirmedApi {
  let isDoubted = false;
  let confirming: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const confirmed = async (): Promise<void> => {
    if (!isDoubted) return;
    confirming ??= confirm()
      .then(() => {
        isDoubted = false;
      })
      .finally(() => {
        confirming = undefined;
      });
    await confirming;
  };
  const call = <R>(type: ResourceType, request: () => Promise<R>): Promise<R> => {
    const answer = confirmed()
      .then(request)
      .catch((error: unknown) => {
        if (isApiError(error, 'Forbidden')) onForbidden(type);
        throw error;
      })
      .finally(() => underWay.delete(answer));
    underWay.add(answer);
    return answer;
  };
  return {
    get: (type, ...rest) => call(type, () => api.get(type, ...rest)),
    list: (type, ...rest) => call(type, () => api.list(type, ...rest)),
    create: (type, ...rest) => call(type, () => api.create(type, ...rest)),
    patch: (type, ...rest) => call(type, () => api.patch(type, ...rest)),
    apply: (type, ...rest) => call(type, () => api.apply(type, ...rest)),
    delete: (type, ...rest) => call(type, () => api.delete(type, ...rest)),
    async *watch(type, options) {
      await confirmed();
      try {
        yield* api.watch(type, options);
      } catch (error) {
        // What the server refuses, it answers; and what we end ourselves is no break.
        isDoubted ||= !options.signal?.aborted && !isRefusal(error);
        throw error;
      }
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

const isRefusal = (error: unknown): boolean =>
  isApiError(error, 'Forbidden') || isApiError(error, 'NotFound') || isApiError(error, 'Invalid');
