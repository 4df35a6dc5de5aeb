import { type LiqoObject, type LiqoResource, readConnection, resources } from '@leafway/liqo';
import { isOwnedBy, type LeafObjects, type ObservedLeaf } from '../observation.ts';

/** How far a link between two leaves has come, whoever made it. */
export type LinkState =
  /** Nothing of it. */
  | 'None'
  /** Ranges or keys are known, but there is no gateway. */
  | 'NoGateways'
  /** One leaf has a gateway, the other has none. */
  | 'OneSide'
  /** Two servers, or two clients: none dials the other. */
  | 'SameRole'
  /** A leaf has gateways of both roles for the other, by two `connect` in opposite directions: Liqo routes neither. */
  | 'BothRoles'
  /** A leaf has several of what there may be one of. */
  | 'Several'
  /** A server and a client, and one of them lacks the key of the other. */
  | 'NoKeys'
  /** All is there, and a Connection does not say `Connected`. */
  | 'NotConnected'
  | 'Connected';

/** One object of a link, and where it is. */
export interface LinkObject {
  readonly leaf: string;
  readonly resource: LiqoResource;
  readonly object: LiqoObject;
}

/** The link that two leaves have, seen by a shortcut that may have made none, a part or all of it. */
export interface ExistingLink {
  readonly state: LinkState;
  /** The leaf that alone has a gateway server. */
  readonly server: string | undefined;
  /** A Connection says `Connected`: whatever is changed may cost packets. */
  readonly carries: boolean;
  /** What of it the shortcut did not make, by leaf. */
  readonly foreign: readonly LinkObject[];
  /** Nothing of it is the shortcut's. */
  readonly isForeign: boolean;
}

type Leaves = readonly [ObservedLeaf, ObservedLeaf];

/**
 * Recognises what two leaves have of a link, by the labels of section 4.3 of Liqo's networking contract: names do not
 * count. A Configuration or a key of somebody else beside one of ours is no part of it, a gateway always is.
 */
export function existingLink(leaves: Leaves, shortcutUID: string): ExistingLink {
  const [a, b] = leaves.map(({ objects }) => relevant(objects, shortcutUID)) as [Relevant, Relevant];
  const serving = leaves.filter((_, index) => (index === 0 ? a : b).servers.length > 0);
  const all = leaves.flatMap((leaf) => linkObjects(leaf, shortcutUID));
  const foreign = all.filter(({ object }) => !isOwnedBy(object, shortcutUID));
  return {
    state: stateOf(a, b),
    server: serving.length === 1 ? serving[0]?.id : undefined,
    carries: [a, b].some(({ connected }) => connected > 0),
    foreign,
    isForeign: foreign.length === all.length,
  };
}

/** Whether the shortcut meets gateways of somebody else: without them there is nothing that a link could disturb. */
export const hasForeignGateway = ({ foreign }: ExistingLink): boolean =>
  foreign.some(({ resource }) => resource === resources.gatewayServers || resource === resources.gatewayClients);

interface Relevant extends Pick<LeafObjects, 'configurations' | 'servers' | 'clients' | 'publicKeys'> {
  readonly connections: number;
  readonly connected: number;
}

function relevant(objects: LeafObjects, uid: string): Relevant {
  const { servers, clients, connections } = objects;
  return {
    servers,
    clients,
    configurations: oursOrAll(objects.configurations, uid),
    publicKeys: oursOrAll(objects.publicKeys, uid),
    connections: connections.length,
    connected: connections.filter(({ object }) => readConnection(object).connected).length,
  };
}

function oursOrAll<T extends LiqoObject>(objects: readonly T[], uid: string): readonly T[] {
  const ours = objects.filter((object) => isOwnedBy(object, uid));
  return ours.length > 0 ? ours : objects;
}

/** In the order in which they are removed: gateways first. */
function linkObjects({ id, objects }: ObservedLeaf, uid: string): LinkObject[] {
  const { servers, clients, publicKeys, configurations } = relevant(objects, uid);
  const groups: [LiqoResource, readonly LiqoObject[]][] = [
    [resources.gatewayServers, servers],
    [resources.gatewayClients, clients],
    [resources.publicKeys, publicKeys],
    [resources.configurations, configurations],
  ];
  return groups.flatMap(([resource, found]) => found.map((object) => ({ leaf: id, resource, object })));
}

function stateOf(a: Relevant, b: Relevant): LinkState {
  const sides = [a, b];
  const counts = sides.flatMap((side) => [side.servers, side.clients, side.configurations, side.publicKeys]);
  if (counts.some(({ length }) => length > 1)) return 'Several';
  if (sides.some(({ servers, clients }) => servers.length > 0 && clients.length > 0)) return 'BothRoles';
  const [onA, onB] = [a, b].map(({ servers, clients }) => servers[0]?.kind ?? clients[0]?.kind);
  if (onA === undefined && onB === undefined) return counts.every(({ length }) => length === 0) ? 'None' : 'NoGateways';
  if (onA === undefined || onB === undefined) return 'OneSide';
  if (onA === onB) return 'SameRole';
  if (sides.some(({ publicKeys }) => publicKeys.length === 0)) return 'NoKeys';
  return sides.every(({ connections, connected }) => connections > 0 && connected === connections)
    ? 'Connected'
    : 'NotConnected';
}
