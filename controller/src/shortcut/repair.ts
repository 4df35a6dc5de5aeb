import { isDeepStrictEqual } from 'node:util';
import type { LiqoObject } from '@leafway/liqo';
import { type JsonPatchOperation, pointerKeys } from '@leafway/reconciler';
import { describeObject } from './observation.ts';

/** An object of a link that somebody else changed or deleted, and that is brought back. */
export interface Repair {
  readonly object: LiqoObject;
  /** What had happened to it, for people: `was deleted`. */
  readonly what: string;
  /** The field manager that did it, where the cluster tells. */
  readonly by?: string | undefined;
}

/**
 * The objects of one side that were seen as they should be, each as it was wanted then, by `settledKey`. Lives in memory
 * alone: who starts anew takes what it finds for what was made.
 */
export type Settled = ReadonlyMap<string, LiqoObject>;

/** What identifies an object on one cluster. */
export function settledKey({ kind, metadata }: LiqoObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * The repair of an object that differs by these operations, or is gone. It is one only if the object was as it should be
 * before: where something else is wanted now (another spec, another endpoint or owner), following that is none.
 */
export function repairOf(
  settled: LiqoObject | undefined,
  wanted: LiqoObject,
  operations: readonly JsonPatchOperation[] | 'gone',
): Repair | undefined {
  if (settled === undefined || !isDeepStrictEqual(settled, wanted)) return undefined;
  const what = operations === 'gone' ? 'was deleted' : `was changed in ${operations.map(fieldOf).join(', ')}`;
  return { object: wanted, what };
}

/** `GatewayServer liqo-tenant-milan/milan on rome was deleted by somebody else, and was restored.` */
export function repairMessage({ object, what, by = 'somebody else' }: Repair, cluster: string): string {
  return `${describeObject(object, cluster)} ${what} by ${by}, and was restored.`;
}

/** A JSON pointer as people write fields: `spec.endpoint.port`, `metadata.labels[liqo.io/remote-cluster-id]`. */
export function fieldOf({ path }: JsonPatchOperation): string {
  return pointerKeys(path).reduce((field, key) => (/^\w+$/.test(key) ? `${field}.${key}` : `${field}[${key}]`));
}
