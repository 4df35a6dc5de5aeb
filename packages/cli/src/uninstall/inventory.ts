import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { labelKeys, resources, type Secret } from '@leafway/liqo';
import { isApiError, type KubeApi, type KubeObject } from '@leafway/reconciler';
import { isUnknownKind } from '../central/explain-error.ts';
import { madeByCommandLine } from '../commands/leaf-add.ts';
import { definitions, gatekeepers, type InstalledObject, nameOf, partsIn, rights } from './installed-objects.ts';

export interface Place {
  /** Where Leafway is installed. */
  readonly namespace: string;
  /** Where Liqo is. */
  readonly liqoNamespace: string;
}

/** What there is of Leafway on the central cluster. */
export interface Inventory {
  readonly gatekeepers: readonly InstalledObject[];
  readonly parts: readonly InstalledObject[];
  readonly definitions: readonly InstalledObject[];
  readonly rights: readonly InstalledObject[];
  readonly shortcuts: readonly VirtualNodeShortcut[];
  readonly leaves: readonly LeafCluster[];
  /** The kubeconfigs that `leaf add` stored. */
  readonly ownSecrets: readonly InstalledObject[];
  /** The Helm release that it was installed by, as long as that is not uninstalled. */
  readonly release?: { readonly name: string; readonly namespace: string };
  /** What other people made and what stays, a line each. */
  readonly others: readonly string[];
}

/** Looks for everything that an installation has, wherever the installation came from. Throws `ApiError`. */
export async function takeInventory(
  api: KubeApi,
  { namespace }: Pick<Place, 'namespace'>,
  signal: AbortSignal,
): Promise<Inventory> {
  const look = (objects: readonly InstalledObject[]) => present(api, objects, signal);
  const [standing, parts, own] = await Promise.all([gatekeepers, partsIn(namespace), definitions].map(look));
  const [access, shortcuts, leaves, secrets] = await Promise.all([
    findAccess(api, signal),
    listAll<VirtualNodeShortcut>(api, kinds.shortcuts, { signal }),
    listAll<LeafCluster>(api, kinds.leafClusters, { signal }),
    listAll<Secret>(api, resources.secrets, { labelSelector: madeByUs, signal }),
  ]);
  const ownSecrets = secrets.map(({ metadata }) => ({
    type: resources.secrets,
    namespace: metadata.namespace,
    name: metadata.name,
  }));
  const release = releaseOf([standing, parts, access.own].flatMap((found) => found ?? []));
  return {
    gatekeepers: refs(standing),
    parts: refs(parts),
    definitions: refs(own),
    rights: refs(access.own),
    shortcuts,
    leaves,
    ownSecrets,
    ...(release === undefined ? {} : { release }),
    others: [...(await peoplesSecrets(api, leaves, ownSecrets, signal)), ...access.others],
  };
}

const madeByUs = `${labelKeys.managedBy}=${madeByCommandLine[labelKeys.managedBy]}`;

interface Present {
  readonly ref: InstalledObject;
  readonly object: KubeObject;
}

const refs = (found: readonly Present[] | undefined): InstalledObject[] => (found ?? []).map(({ ref }) => ref);

async function present(api: KubeApi, wanted: readonly InstalledObject[], signal: AbortSignal): Promise<Present[]> {
  const found = await Promise.all(
    wanted.map(async (ref) => {
      const object = await unlessUnknown(() => api.get(ref.type, ref, signal), undefined);
      return object === undefined ? [] : [{ ref, object }];
    }),
  );
  return found.flat();
}

/** A kind that the cluster does not have has no objects. */
async function unlessUnknown<R>(ask: () => Promise<R>, otherwise: R): Promise<R> {
  try {
    return await ask();
  } catch (error) {
    if (isApiError(error) && isUnknownKind(error)) return otherwise;
    throw error;
  }
}

async function listAll<T extends KubeObject>(
  api: KubeApi,
  type: Parameters<KubeApi['list']>[0],
  options: Parameters<KubeApi['list']>[1],
): Promise<T[]> {
  return unlessUnknown(async () => (await api.list<T>(type, options)).items, []);
}

/** Helm says on every object which release it belongs to. What the chart keeps says so after the release is gone, too. */
function releaseOf(found: readonly Present[]): Inventory['release'] {
  for (const { object } of found) {
    const { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace } =
      object.metadata.annotations ?? {};
    if (name !== undefined && namespace !== undefined) return { name, namespace };
  }
  return undefined;
}

async function peoplesSecrets(
  api: KubeApi,
  leaves: readonly LeafCluster[],
  own: readonly InstalledObject[],
  signal: AbortSignal,
): Promise<string[]> {
  const lines = await Promise.all(
    leaves.map(async ({ metadata, spec: { kubeconfigSecretRef } }) => {
      const { namespace, name } = kubeconfigSecretRef;
      if (own.some((secret) => secret.namespace === namespace && secret.name === name)) return [];
      const isThere = (await api.get(resources.secrets, { namespace, name }, signal)) !== undefined;
      return isThere ? [`Secret ${namespace}/${name} with the kubeconfig of ${metadata.name}`] : [];
    }),
  );
  return lines.flat();
}

type Access = KubeObject & { readonly roleRef?: { readonly kind: string; readonly name: string } };

/** Our roles and bindings in all namespaces; and the bindings by which people gave our roles to others. */
async function findAccess(
  api: KubeApi,
  signal: AbortSignal,
): Promise<{ readonly own: readonly Present[]; readonly others: readonly string[] }> {
  const found = await Promise.all(
    rights.map(async ({ type, names }) => {
      const all = await listAll<Access>(api, type, { signal });
      return all.map((object) => {
        const { namespace, name } = object.metadata;
        return { object, isOurs: names.includes(name), ref: { type, name, ...(namespace && { namespace }) } };
      });
    }),
  );
  const own = found.flat().filter(({ isOurs }) => isOurs);
  const roles = new Set(own.filter(({ ref }) => ref.type.kind === 'ClusterRole').map(({ ref }) => ref.name));
  // They lead to nothing when the role is gone.
  const others = found.flat().flatMap(({ isOurs, ref, object: { roleRef } }) => {
    if (isOurs || roleRef?.kind !== 'ClusterRole' || !roles.has(roleRef.name)) return [];
    return [`${nameOf(ref)}, which gives the role ${roleRef.name}`];
  });
  return { own, others };
}
