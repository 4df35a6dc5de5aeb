import type { LiqoObject } from '@leafway/liqo';
import { type JsonPatchOperation, pointerKeys } from '@leafway/reconciler';

/**
 * Who last wrote any of these fields of an object: the newest entry of its `managedFields` that has one of them, unless
 * that is ours. `undefined` where the cluster does not tell: it forgets who removed a field, and who deleted an object.
 */
export function fieldOwner(
  { metadata }: LiqoObject,
  operations: readonly JsonPatchOperation[],
  ours: string,
): string | undefined {
  const paths = operations.map(({ path }) => pointerKeys(path));
  const owners = (metadata.managedFields ?? [])
    .flatMap(readEntry)
    .filter(({ manager, fields }) => manager !== ours && paths.some((path) => isAmong(fields, path)));
  return owners.toSorted((a, b) => (a.time < b.time ? 1 : -1))[0]?.manager;
}

interface Entry {
  readonly manager: string;
  readonly time: string;
  readonly fields: unknown;
}

/** A leaf's words: what is not as an API server writes it is nothing, and a name goes into a status and onto terminals. */
function readEntry(entry: unknown): Entry[] {
  if (!isRecord(entry)) return [];
  const { manager, time = '', fieldsV1 } = entry;
  if (typeof manager !== 'string' || manager === '' || typeof time !== 'string') return [];
  const name = manager
    .slice(0, 128)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '\ufffd');
  return [{ manager: name, time, fields: fieldsV1 }];
}

/** In `fieldsV1` a field is `f:name`; one without anything below it is owned as a whole. */
function isAmong(fields: unknown, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (!isRecord(fields)) return false;
  if (key === undefined || Object.keys(fields).length === 0) return true;
  const below = fields[`f:${key}`];
  return below !== undefined && isAmong(below, rest);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
