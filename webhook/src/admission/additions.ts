import { escapePointer, type JsonPatchOperation } from '@leafway/reconciler';
import { isRecord } from './json-value.ts';

/**
 * The JSON Patch that adds to `given` what only `complete` has, where `complete` is `given` with more fields in its
 * objects. A missing parent is added with everything in it; what is there already is never touched.
 */
export function additions(given: unknown, complete: unknown, pointer: string): JsonPatchOperation[] {
  if (Array.isArray(given) && Array.isArray(complete)) {
    return given.flatMap((item, index) => additions(item, complete[index], `${pointer}/${index}`));
  }
  if (!isRecord(given) || !isRecord(complete)) return [];
  return Object.entries(complete).flatMap(([name, value]) => {
    const path = `${pointer}/${escapePointer(name)}`;
    const isMissing = !Object.hasOwn(given, name) || given[name] === null;
    return isMissing && value !== null ? [{ op: 'add' as const, path, value }] : additions(given[name], value, path);
  });
}
