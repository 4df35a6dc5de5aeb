import type { KubeApi, KubeObject } from '@leafway/reconciler';
import { nameOf, rights } from './installed-objects.ts';
import { listAll, type Present } from './look-up.ts';

/** A role, or a binding. */
type Access = KubeObject & {
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
};

/** Our roles and bindings in all namespaces; and, a line each, the bindings by which people gave our roles to others. */
export async function findAccess(
  api: KubeApi,
  namespace: string,
  signal: AbortSignal,
): Promise<{ readonly own: readonly Present[]; readonly others: readonly string[] }> {
  const found = await Promise.all(
    rights.map(async ({ type, names }) => {
      const all = await listAll<Access>(api, type, { signal });
      return all.map((object) => ({
        object,
        isNamedSo: names.includes(object.metadata.name),
        ref: refOf(type, object),
      }));
    }),
  );
  const named = found.flat().filter(({ isNamedSo }) => isNamedSo);
  const bound = new Set(named.filter(({ object }) => isForUs(object, namespace)).map(({ object }) => placeOf(object)));
  const own = named.filter(({ object }) => isOurs(object) || bound.has(placeOf(object)));
  const roles = new Set(own.filter(({ ref }) => ref.type.kind === 'ClusterRole').map(({ ref }) => ref.name));
  // They lead to nothing when the role is gone.
  const others = found.flat().flatMap(({ isNamedSo, ref, object: { roleRef } }) => {
    if (isNamedSo || roleRef?.kind !== 'ClusterRole' || !roles.has(roleRef.name)) return [];
    return [`${nameOf(ref)}, which gives the role ${roleRef.name}`];
  });
  return { own, others };
}

function refOf(type: Present['ref']['type'], { metadata: { namespace, name } }: KubeObject): Present['ref'] {
  return { type, name, ...(namespace !== undefined && { namespace }) };
}

/** Other people may have something of that name in a namespace of theirs; names without a namespace are ours. */
const isOurs = ({ metadata: { namespace, labels } }: KubeObject): boolean =>
  namespace === undefined || labels?.['app.kubernetes.io/name'] === 'leafway';

/** What an installation without Helm has carries no labels: its bindings are known by whom they are for. */
const isForUs = ({ subjects = [] }: Access, namespace: string): boolean =>
  subjects.length > 0 &&
  subjects.every(
    (subject) =>
      subject.kind === 'ServiceAccount' && subject.namespace === namespace && subject.name.startsWith('leafway-'),
  );

/** The same for a role and its binding. */
const placeOf = ({ metadata: { namespace, name } }: KubeObject): string => `${namespace}/${name}`;
