import type { LiqoObject } from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';

/**
 * The JSON Patch that brings what we own of an existing object to what we want: the fields of `spec` that we
 * write, our labels and our annotations. What others added stays. Empty when nothing differs.
 */
export function differenceOf(wanted: LiqoObject, found: LiqoObject): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  const part = (value: LiqoObject): Record<string, unknown> => value as unknown as Record<string, unknown>;
  collect(operations, '/spec', part(wanted).spec, part(found).spec);
  collect(operations, '/metadata/labels', wanted.metadata.labels, found.metadata.labels);
  collect(operations, '/metadata/annotations', wanted.metadata.annotations, found.metadata.annotations);
  return operations;
}

function collect(operations: JsonPatchOperation[], path: string, wanted: unknown, found: unknown): void {
  if (wanted === undefined || isEqual(wanted, found)) return;
  if (!isRecord(wanted) || !isRecord(found)) {
    // In JSON Patch `add` replaces what is there.
    operations.push({ op: 'add', path, value: wanted });
    return;
  }
  for (const [key, value] of Object.entries(wanted)) {
    collect(operations, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, value, found[key]);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep equality of JSON values; the order of keys has no meaning. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isEqual(value, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}
