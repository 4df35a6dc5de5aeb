import { ApiError } from './errors.ts';
import type { ObjectRef, ResourceType } from './kube-api.ts';

/** For people: `networking.liqo.io/v1beta1 configurations liqo-tenant-milan/milan`. */
export function describeTarget(type: ResourceType, ref: Partial<ObjectRef> = {}): string {
  const groupVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  const object = [ref.namespace, ref.name].filter((part) => part !== undefined).join('/');
  return object === '' ? `${groupVersion} ${type.plural}` : `${groupVersion} ${type.plural} ${object}`;
}

/** The path of all objects of a kind, or of those in one namespace. */
export function collectionPath(type: ResourceType, namespace: string | undefined): string {
  const base = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  if (namespace === undefined) return `${base}/${type.plural}`;
  return `${base}/namespaces/${segment(type, namespace)}/${type.plural}`;
}

/**
 * The path of one object. Throws `ApiError` (`Invalid`) when the name or the namespace is missing or cannot be
 * one: an empty name would turn a delete of one object into a delete of all.
 */
export function objectPath(type: ResourceType, ref: ObjectRef, subresource?: string): string {
  const path = `${namespacedPath(type, ref.namespace)}/${segment(type, ref.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The collection that an object of this kind is created in: a namespaced kind needs its namespace here. */
export function namespacedPath(type: ResourceType, namespace: string | undefined): string {
  if (type.namespaced && namespace === undefined) throw refused(type, `${type.kind} needs a namespace`);
  return collectionPath(type, type.namespaced ? namespace : undefined);
}

/** Server-side rule for path segments: not empty, not `.` or `..`, without `/` and `%`. */
function segment(type: ResourceType, text: string): string {
  if (text === '' || text === '.' || text === '..' || /[/%]/.test(text)) {
    throw refused(type, `${JSON.stringify(text)} cannot be a name`);
  }
  return encodeURIComponent(text);
}

function refused(type: ResourceType, message: string): ApiError {
  return new ApiError(`${describeTarget(type)}: ${message}`, {
    code: 'Invalid',
    status: 0,
    operation: describeTarget(type),
  });
}

/** `?a=1&b=2` of everything that is not undefined, or nothing. */
export function queryString(parameters: Record<string, string | number | boolean | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}
