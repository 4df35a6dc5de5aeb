import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { apiVersionOf, resources } from '@leafway/liqo';

/** An object of ours that stays on a leaf. */
export interface Leftover {
  readonly leaf: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The order in which a person removes them: what others are made from goes last. */
const order = [
  resources.gatewayClients,
  resources.gatewayServers,
  resources.publicKeys,
  resources.configurations,
  resources.namespaces,
];

/** What is on the leaves of shortcuts that nobody takes down, and what deleted ones left there; each once, in order. */
export function leftoversOf(shortcuts: readonly VirtualNodeShortcut[], leaves: readonly LeafCluster[]): Leftover[] {
  const reported = shortcuts.flatMap(({ status }) =>
    (status?.objects ?? [])
      .filter(({ origin }) => origin !== 'Observed')
      .map(({ cluster, apiVersion, kind, namespace, name }) => leftover(cluster, apiVersion, kind, namespace, name)),
  );
  const owed = leaves.flatMap(({ metadata, status }) =>
    (status?.pendingCleanup ?? []).map(({ apiVersion, kind, namespace, name }) =>
      leftover(metadata.name, apiVersion, kind, namespace, name),
    ),
  );
  const each = new Map([...reported, ...owed].map((one) => [`${one.leaf} ${describeLeftover(one)}`, one]));
  return [...each.values()].sort((a, b) => a.leaf.localeCompare(b.leaf) || placeOf(a) - placeOf(b));
}

/** `GatewayServer liqo-tenant-rome/rome`. */
export function describeLeftover({ kind, namespace, name }: Leftover): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** What removes it, typed with the kubeconfig of that leaf. */
export function removalCommand({ apiVersion, kind, namespace, name }: Leftover): string {
  const resource = order.find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
  const plural = resource === undefined ? kind.toLowerCase() : `${resource.plural}${suffixOf(resource.group)}`;
  return ['kubectl delete', plural, name, ...(namespace === undefined ? [] : [`-n ${namespace}`])].join(' ');
}

const suffixOf = (group: string): string => (group === '' ? '' : `.${group}`);

const placeOf = ({ kind }: Leftover): number => order.findIndex((one) => one.kind === kind);

function leftover(
  leaf: string,
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  name: string,
): Leftover {
  return { leaf, apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
