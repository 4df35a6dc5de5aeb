import type { VirtualNodeShortcut } from '@leafway/core';
import { apiVersionOf, type LiqoObject, type LiqoResource, labelKeys, resources } from '@leafway/liqo';
import type { LeafAction, PendingObject } from './actions.ts';
import { isOwnedBy, isTerminating, type LeafObjects } from './observation.ts';

/** One step of removing a shortcut from one leaf. */
export interface TeardownStep {
  readonly actions: readonly LeafAction[];
  /** Nothing of the shortcut, derived objects included, is left. */
  readonly clean: boolean;
}

/**
 * What to remove next. Gateways, PublicKeys and the Configuration go at once, each only when it is ours; the tenant
 * namespace goes last. What is ours but needed by somebody else is given up: it stays and loses our marks
 * (design, "The label … is the truth"; contract, section 8.6 on what a reset would break).
 */
export function teardownStep(objects: LeafObjects, shortcutUID: string): TeardownStep {
  const owned = ownedObjects(objects, shortcutUID).filter(({ resource }) => resource !== resources.namespaces);
  if (owned.length > 0 || objects.connections.some(({ object }) => isDerived(object, objects, shortcutUID))) {
    const actions = owned
      .filter(({ object }) => !isTerminating(object))
      .map((target) => (isNeededByOthers(target, objects, shortcutUID) ? giveUp(target) : remove(target)));
    return { actions, clean: false };
  }
  const namespaces = objects.namespaces.filter((namespace) => isOwnedBy(namespace, shortcutUID));
  const actions = namespaces
    .filter((namespace) => !isTerminating(namespace))
    .map((object): LeafAction => ({ kind: 'deleteNamespaceIfEmpty', object }));
  return { actions, clean: namespaces.length === 0 };
}

interface Owned {
  readonly resource: LiqoResource;
  readonly object: LiqoObject;
}

/** Everything with our label, in the order of removal. */
export function ownedObjects(objects: LeafObjects, shortcutUID: string): Owned[] {
  const groups: [LiqoResource, readonly LiqoObject[]][] = [
    [resources.gatewayClients, objects.clients],
    [resources.gatewayServers, objects.servers],
    [resources.publicKeys, objects.publicKeys],
    [resources.configurations, objects.configurations],
    [resources.namespaces, objects.namespaces],
  ];
  return groups.flatMap(([resource, found]) =>
    found.filter((object) => isOwnedBy(object, shortcutUID)).map((object) => ({ resource, object })),
  );
}

/** A Configuration is shared by everything between two clusters: a foreign gateway for the same remote needs it. */
function isNeededByOthers({ resource }: Owned, objects: LeafObjects, shortcutUID: string): boolean {
  return (
    resource === resources.configurations &&
    [...objects.servers, ...objects.clients].some((gateway) => !isOwnedBy(gateway, shortcutUID))
  );
}

/** A Connection goes by garbage collection with its gateway: it counts while its gateway is ours or gone. */
function isDerived(connection: LiqoObject, objects: LeafObjects, shortcutUID: string): boolean {
  const foreign = [...objects.servers, ...objects.clients].filter((gateway) => !isOwnedBy(gateway, shortcutUID));
  const owners = (connection.metadata.ownerReferences ?? []).filter(
    ({ kind }) => kind === resources.gatewayServers.kind || kind === resources.gatewayClients.kind,
  );
  return owners.length > 0 && owners.every(({ uid }) => !foreign.some(({ metadata }) => metadata.uid === uid));
}

const remove = ({ resource, object }: Owned): LeafAction => ({ kind: 'delete', resource, object });

/** Takes our marks off an object and leaves it. */
export function giveUp({ resource, object }: Owned): LeafAction {
  const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
  const ours = [labelKeys.shortcutUID, labelKeys.managedBy].filter(
    (key) => object.metadata.labels?.[key] !== undefined,
  );
  return {
    kind: 'patch',
    resource,
    object,
    operations: ours.map((key) => ({ op: 'remove', path: `/metadata/labels/${escaped(key)}` })),
  };
}

/**
 * What stays behind on a leaf that cannot be reached, to be removed when it returns. Where nothing was seen of it since
 * this process started, the last report has to do: what is removed later is found by the label, not by this list.
 */
export function remainderOf(
  objects: LeafObjects,
  shortcut: VirtualNodeShortcut,
  leaf: string,
  peer: string,
): PendingObject[] {
  const { name, uid = '' } = shortcut.metadata;
  const seen = ownedObjects(objects, uid).map(({ resource, object }) => ({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    name: object.metadata.name,
    uid: object.metadata.uid ?? '',
  }));
  const reported = (shortcut.status?.objects ?? [])
    .filter(({ cluster, origin }) => cluster === leaf && origin === 'Created')
    .map(({ cluster: _, origin: __, uid: reportedUID = '', ...object }) => ({ ...object, uid: reportedUID }));
  const found = seen.length > 0 ? seen : reported;
  return found.map((object) => ({ ...object, remoteClusterID: peer, shortcut: { name, uid } }));
}

/** For `deletionPolicy: Orphan`. */
export function orphanActions(objects: LeafObjects, shortcutUID: string): LeafAction[] {
  return ownedObjects(objects, shortcutUID).map(giveUp);
}
