import type { AnyObject } from './liqo-data.ts';

/** What an API server adds to every object, and what no two clusters can have in common. */
const ofServer = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields']);
const ofMoment = new Set(['lastTransitionTime', 'timestamp', 'latency', 'publicKey', 'privateKey']);

/**
 * The fields in which two objects differ, as paths: `spec.endpoint.port`. Lists are compared as a whole; of UIDs, keys
 * and measurements only whether they are there.
 */
export function fieldDifferences(a: AnyObject, b: AnyObject): string[] {
  const [left, right] = [leavesOf(a), leavesOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .toSorted();
}

function leavesOf({ metadata, ...rest }: AnyObject): Map<string, string> {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !ofServer.has(key)));
  const leaves = new Map<string, string>();
  collect(leaves, '', { ...rest, metadata: kept });
  return leaves;
}

function collect(leaves: Map<string, string>, path: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    leaves.set(path, JSON.stringify(value, comparable));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (ofMoment.has(key) || key === 'uid') leaves.set(pathOf(path, key), 'there');
    else collect(leaves, pathOf(path, key), inner);
  }
}

function pathOf(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Inside lists: the same measure, and keys in one order. */
function comparable(key: string, value: unknown): unknown {
  if (ofMoment.has(key) || ofServer.has(key) || key === 'observedGeneration') return 'there';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
