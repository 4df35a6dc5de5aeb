import { isDeepStrictEqual } from 'node:util';
import type { JsonPatchOperation } from '../api/kube-api.ts';

type Container = Record<string, unknown> | unknown[];

/** Applies a JSON Patch (RFC 6902) to `document` in place. Throws an `Error` at the first operation that fails. */
export function applyJsonPatch(document: object, operations: readonly JsonPatchOperation[]): void {
  for (const operation of operations) applyOperation(document as Container, operation);
}

function applyOperation(document: Container, operation: JsonPatchOperation): void {
  const { container, key } = locate(document, operation.path);
  const exists = Array.isArray(container) ? Number(key) < container.length : Object.hasOwn(container, key);
  switch (operation.op) {
    case 'test':
      if (!isDeepStrictEqual(read(container, key), operation.value))
        throw new Error(`testing ${operation.path}: test failed`);
      return;
    case 'add':
      if (!Array.isArray(container)) container[key] = structuredClone(operation.value);
      else container.splice(indexIn(container, key, operation), 0, structuredClone(operation.value));
      return;
    case 'replace':
      if (!exists) throw new Error(`replace ${operation.path}: missing`);
      (container as Record<string, unknown>)[key] = structuredClone(operation.value);
      return;
    case 'remove':
      if (!exists) throw new Error(`remove ${operation.path}: missing`);
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
  }
}

function locate(document: Container, path: string): { container: Container; key: string } {
  const keys = path.split('/').slice(1).map(unescapeKey);
  const key = keys.pop();
  if (key === undefined) throw new Error(`${JSON.stringify(path)} is no path of a field`);
  let container = document;
  for (const step of keys) {
    const next = read(container, step);
    if (typeof next !== 'object' || next === null) throw new Error(`${path}: ${step} is missing`);
    container = next as Container;
  }
  return { container, key };
}

function read(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

function indexIn(list: unknown[], key: string, operation: JsonPatchOperation): number {
  const index = key === '-' ? list.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > list.length)
    throw new Error(`add ${operation.path}: no such place`);
  return index;
}

function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
