import { compatibilityKinds, kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { labelKeys, resources, type Secret } from '@leafway/liqo';
import type { KubeApi, KubeObject } from '@leafway/reconciler';
import { madeByCommandLine } from '../commands/leaf-add.ts';
import { findAccess } from './access.ts';
import {
  connectionDefinitions,
  definitions,
  gatekeepers,
  type InstalledObject,
  isOurDefinition,
  partsIn,
  remainsIn,
} from './installed-objects.ts';
import { listAll, type Present, present } from './look-up.ts';

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
  readonly remains: readonly InstalledObject[];
  readonly shortcuts: readonly VirtualNodeShortcut[];
  /** Objects of the Foreign Cluster Connector's kinds; `undefined` where these kinds are not ours. */
  readonly connections: readonly KubeObject[] | undefined;
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
  const [standing, parts, own, remains, ofConnector] = await Promise.all(
    [gatekeepers, partsIn(namespace), definitions, remainsIn(namespace), connectionDefinitions].map(look),
  );
  const [access, shortcuts, leaves, secrets] = await Promise.all([
    findAccess(api, namespace, signal),
    listAll<VirtualNodeShortcut>(api, kinds.shortcuts, { signal }),
    listAll<LeafCluster>(api, kinds.leafClusters, { signal }),
    listAll<Secret>(api, resources.secrets, { labelSelector: madeByUs, signal }),
  ]);
  const connectionKinds = ofConnector?.filter(({ object }) => isOurDefinition(object)) ?? [];
  const ownSecrets = secrets.map(({ metadata }) => ({
    type: resources.secrets,
    namespace: metadata.namespace,
    name: metadata.name,
  }));
  const release = releaseOf([standing, parts, access.own, remains].flatMap((found) => found ?? []));
  return {
    gatekeepers: refs(standing),
    parts: refs(parts),
    definitions: [...refs(connectionKinds), ...refs(own)],
    rights: refs(access.own),
    remains: refs(remains),
    shortcuts,
    connections: connectionKinds.length === 0 ? undefined : await listConnections(api, signal),
    leaves,
    ownSecrets,
    ...(release === undefined ? {} : { release }),
    others: [...(await peoplesSecrets(api, leaves, ownSecrets, signal)), ...access.others],
  };
}

async function listConnections(api: KubeApi, signal: AbortSignal): Promise<KubeObject[]> {
  const all = Object.values(compatibilityKinds).map((type) => listAll<KubeObject>(api, type, { signal }));
  return (await Promise.all(all)).flat();
}

const madeByUs = `${labelKeys.managedBy}=${madeByCommandLine[labelKeys.managedBy]}`;

const refs = (found: readonly Present[] | undefined): InstalledObject[] => (found ?? []).map(({ ref }) => ref);

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
