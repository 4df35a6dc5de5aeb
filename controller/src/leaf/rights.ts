import { type LiqoResource, resources } from '@leafway/liqo';
import { contentKinds } from '../shortcut/foreign-objects.ts';

/** One verb on all objects of a kind, in one namespace or everywhere. */
export interface Right {
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** What the role `leafway-centre` of the chart `leafway-leaf` gives, and the controller uses on a leaf. */
export interface NeededRights {
  /** Without one of these, links cannot be made, repaired or removed. */
  readonly vital: readonly Right[];
  /**
   * Without one of these, less is known (which templates there are, what others have in a tenant namespace), or something of
   * Liqo's own is left behind.
   */
  readonly useful: readonly Right[];
}

const write = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const follow = ['list', 'watch'];

/** The rights that the controller needs on a leaf where Liqo, or our agent, keeps its own objects in that namespace. */
export function neededRights(liqoNamespace: string): NeededRights {
  const { namespaces, configurations, gatewayServers, gatewayClients, publicKeys, connections, networks } = resources;
  const vital = [
    ...[namespaces, configurations, gatewayServers, gatewayClients, publicKeys].flatMap((kind) => rights(kind, write)),
    ...[connections, networks].flatMap((kind) => rights(kind, follow)),
    ...rights(resources.configMaps, follow, liqoNamespace),
  ];
  const { wgGatewayServerTemplates, wgGatewayClientTemplates } = resources;
  const useful = [
    ...[wgGatewayServerTemplates, wgGatewayClientTemplates].flatMap((kind) => rights(kind, follow)),
    ...contentKinds.flatMap((kind) => rights(kind, ['list'])),
    ...rights(resources.foreignClusters, ['get', 'delete']),
  ];
  const known = new Set(vital.map(rightKey));
  return { vital, useful: useful.filter((right) => !known.has(rightKey(right))) };
}

const rights = ({ group, plural: resource }: LiqoResource, verbs: readonly string[], namespace?: string): Right[] =>
  verbs.map((verb) => ({ verb, group, resource, ...(namespace === undefined ? {} : { namespace }) }));

/** The same for equal rights. */
export const rightKey = ({ verb, group, resource, namespace = '' }: Right): string =>
  `${verb} ${group}/${resource} ${namespace}`;

/** `create, delete configurations.networking.liqo.io; watch configmaps in liqo`. */
export function describeRights(list: readonly Right[]): string {
  const place = ({ group, resource, namespace }: Right): string =>
    `${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
  const byPlace = Map.groupBy(list, place);
  return [...byPlace].map(([where, some]) => `${some.map(({ verb }) => verb).join(', ')} ${where}`).join('; ');
}
