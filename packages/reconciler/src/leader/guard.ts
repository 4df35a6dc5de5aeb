import { ApiError } from '../api/errors.ts';
import type { KubeApi, ObjectRef, ResourceType } from '../api/kube-api.ts';
import { overlay } from '../api/overlay.ts';
import { describeTarget } from '../api/paths.ts';

/** What a guard asks before each write. */
export interface Gate {
  isOpen(): boolean;
  /** For the message of a refusal. */
  readonly reason: string;
  /** Aborts when the gate closes for good: writes that are still under way then are given up. */
  readonly closed: AbortSignal;
}

/** The same API, whose writes pass the gate. All else of the object stays as it is. */
export function guardWrites<T extends KubeApi>(api: T, gate: Gate): T {
  const through = <R>(verb: string, type: ResourceType, ref: ObjectRef, write: () => Promise<R>): Promise<R> => {
    if (gate.isOpen()) return write();
    return Promise.reject(refusal(`${verb} ${describeTarget(type, ref)}`, gate.reason));
  };
  const within = (signal?: AbortSignal): AbortSignal =>
    signal === undefined ? gate.closed : AbortSignal.any([signal, gate.closed]);
  const writes: Pick<KubeApi, 'create' | 'patch' | 'apply' | 'delete'> = {
    create: (type, object, signal) =>
      through('create', type, object.metadata, () => api.create(type, object, within(signal))),
    patch: (type, ref, operations, options) =>
      through('patch', type, ref, () =>
        api.patch(type, ref, operations, { ...options, signal: within(options?.signal) }),
      ),
    apply: (type, object, options) =>
      through('apply', type, object.metadata, () =>
        api.apply(type, object, { ...options, signal: within(options.signal) }),
      ),
    delete: (type, ref, options) =>
      through('delete', type, ref, () => api.delete(type, ref, { ...options, signal: within(options?.signal) })),
  };
  return overlay(api, writes);
}

function refusal(operation: string, reason: string): ApiError {
  return new ApiError(`${operation}: not sent: ${reason}`, { code: 'NotLeading', status: 0, operation });
}
