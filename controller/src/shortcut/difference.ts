import { isDeepStrictEqual } from 'node:util';
import { annotationKeys, type LiqoObject } from '@leafway/liqo';
import { escapePointer, type JsonPatchOperation } from '@leafway/reconciler';

/** Fields that we write or leave out: where we want none, none of ours may stay. */
const optionalFields: readonly (readonly string[])[] = [
  ['spec', 'endpoint', 'nodePort'],
  ['spec', 'endpoint', 'loadBalancerIP'],
  ['spec', 'serviceAnnotations'],
  ['metadata', 'annotations', annotationKeys.wantedCIDRs],
  ['metadata', 'annotations', annotationKeys.nextPeerKey],
];

/** A map that is ours as a whole, not key by key. */
const wholeFields = new Set(['/spec/serviceAnnotations']);

/**
 * The JSON Patch that brings what we own of an existing object to what we want: the fields of `spec` that we
 * write, our labels and our annotations. What others added stays. Empty when nothing differs.
 */
export function differenceOf(wanted: LiqoObject, found: LiqoObject): JsonPatchOperation[] {
  const operations: JsonPatchOperation[] = [];
  for (const path of [['spec'], ['metadata', 'labels'], ['metadata', 'annotations']]) {
    collect(operations, pointerOf(path), valueAt(wanted, path), valueAt(found, path));
  }
  for (const path of optionalFields) {
    if (valueAt(wanted, path) === undefined && valueAt(found, path) !== undefined) {
      operations.push({ op: 'remove', path: pointerOf(path) });
    }
  }
  return operations;
}

function collect(operations: JsonPatchOperation[], path: string, wanted: unknown, found: unknown): void {
  if (wanted === undefined || isDeepStrictEqual(wanted, found)) return;
  if (!isRecord(wanted) || !isRecord(found) || wholeFields.has(path)) {
    // In JSON Patch `add` replaces what is there.
    operations.push({ op: 'add', path, value: wanted });
    return;
  }
  for (const [key, value] of Object.entries(wanted)) {
    collect(operations, `${path}/${escapePointer(key)}`, value, found[key]);
  }
}

const pointerOf = (path: readonly string[]): string => path.map((key) => `/${escapePointer(key)}`).join('');

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce((value, key) => (isRecord(value) ? value[key] : undefined), object);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
