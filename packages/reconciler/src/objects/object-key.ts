import type { KubeObject } from '../api/kube-api.ts';

/** `namespace/name`, or `name` for a cluster-scoped object: unique among the objects of one kind. */
export function objectKey(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  if (typeof name !== 'string' || name === '') throw new TypeError('an object without a name');
  return namespace === undefined ? name : `${namespace}/${name}`;
}
