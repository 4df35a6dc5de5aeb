import type { RawRequest, User } from '../objects/raw-api.ts';
import type { OurObject } from './admission-fleet.ts';
import { pathOf } from './admission-fleet.ts';

const writes = ['create', 'update', 'JSON patch', 'merge patch', 'apply'] as const;
const subresources = ['', '/status', '/finalizers', '/scale'] as const;
const namings = ['name', 'generateName'] as const;
const targets = ['absent', 'live', 'terminating'] as const;
/** What refuses a spec; the policy does so for who lacks a right. */
export const layers = ['schema', 'rule', 'policy', 'webhook'] as const;

/** One way in which somebody may try to store a spec. */
export interface Cell {
  readonly write: (typeof writes)[number];
  readonly subresource: (typeof subresources)[number];
  readonly naming: (typeof namings)[number];
  readonly target: (typeof targets)[number];
  readonly isDryRun: boolean;
}

/** All of them, in one order. */
export const cells: readonly Cell[] = writes.flatMap((write) =>
  subresources.flatMap((subresource) =>
    namings.flatMap((naming) =>
      targets.flatMap((target) =>
        [true, false].map((isDryRun): Cell => ({ write, subresource, naming, target, isDryRun })),
      ),
    ),
  ),
);

/** The request that a cell stands for: to make of `object`, which is stored or absent, one with another spec. */
export function requestOf(
  { write, subresource, naming, isDryRun }: Cell,
  object: OurObject,
  spec: object,
  user?: User,
): RawRequest {
  const { apiVersion, kind } = object;
  const { name = '', labels = {} } = object.metadata;
  const generate = naming === 'generateName' ? { generateName: 'generated-' } : {};
  const query = `${isDryRun ? '?dryRun=All&' : '?'}fieldManager=somebody`;
  const path = `${pathOf[kind]}/${name}${subresource}${query}`;
  const status = { observedGeneration: 7 };
  const whole = { ...object, metadata: { ...object.metadata, ...generate }, spec, status };
  switch (write) {
    case 'create': {
      const metadata = naming === 'generateName' ? { ...generate, labels } : { name, labels };
      // A subresource belongs to an object with a name.
      const at = subresource === '' ? `${pathOf[kind]}${query}` : path;
      return { method: 'POST', path: at, user, body: { apiVersion, kind, metadata, spec } };
    }
    case 'update':
      return { method: 'PUT', path, user, body: whole };
    case 'JSON patch': {
      const add = (pointer: string, value: unknown) => ({ op: 'add', path: pointer, value });
      const names = naming === 'generateName' ? [add('/metadata/generateName', 'generated-')] : [];
      const body = [...names, add('/spec', spec), add('/status', status)];
      return { method: 'PATCH', path, user, contentType: 'application/json-patch+json', body };
    }
    case 'merge patch': {
      const body = { metadata: generate, spec, status };
      return { method: 'PATCH', path, user, contentType: 'application/merge-patch+json', body };
    }
    case 'apply': {
      const body = { apiVersion, kind, metadata: { name, labels, ...generate }, spec, status };
      return { method: 'PATCH', path: `${path}&force=true`, user, contentType: 'application/apply-patch+yaml', body };
    }
  }
}

/** For messages. */
export function describeCell({ write, subresource, naming, target, isDryRun }: Cell): string {
  return `${write}${subresource} by ${naming}, ${target}${isDryRun ? ', dry run' : ''}`;
}
