import type { VirtualNodeShortcut } from '@leafway/core';
import {
  annotationKeys,
  apiVersionOf,
  type LiqoObject,
  type LiqoResource,
  labelKeys,
  resources,
  tenantNamespaceName,
} from '@leafway/liqo';
import { escapePointer, type JsonPatchOperation } from '@leafway/reconciler';
import type { LeafAction, PendingObject } from './actions.ts';
import { managedByUs } from './desired.ts';
import { isAdopted } from './existing/adopt.ts';
import { describeObject, isOwnedBy, isTerminating, type LeafObjects, type ObservedLeaf } from './observation.ts';

/** One step of removing a shortcut from one leaf. */
export interface TeardownStep {
  readonly actions: readonly LeafAction[];
  /** Nothing of the shortcut, derived objects included, is left. */
  readonly clean: boolean;
}

/**
 * What to remove next. Gateways, PublicKeys and the Configuration go at once, each only when it is ours; the tenant
 * namespace goes last. What is ours but needed by somebody else is given up: it stays and loses our marks
 * (docs/adr/0001-label-is-the-truth.md).
 */
export function teardownStep(objects: LeafObjects, shortcutUID: string): TeardownStep {
  const owned = ownedObjects(objects, shortcutUID).filter(({ resource }) => resource !== resources.namespaces);
  if (owned.length > 0 || derivedConnections(objects, shortcutUID).length > 0) {
    const actions = owned
      .filter(({ object }) => !isTerminating(object))
      .map((target) => removal(target, objects, shortcutUID));
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
function ownedObjects(objects: LeafObjects, shortcutUID: string): Owned[] {
  const groups: [LiqoResource, readonly LiqoObject[]][] = [
    [resources.gatewayClients, objects.clients],
    [resources.gatewayServers, objects.servers],
    [resources.publicKeys, objects.publicKeys],
    [resources.roleBindings, objects.keyBindings],
    [resources.configurations, objects.configurations],
    [resources.namespaces, objects.namespaces],
  ];
  return groups.flatMap(([resource, found]) =>
    found.filter((object) => isOwnedBy(object, shortcutUID)).map((object) => ({ resource, object })),
  );
}

/**
 * A Configuration is shared by everything between two clusters: a foreign gateway for the same remote needs it, and so
 * does a peering, which is looked for at the last moment. The gateways of a peering may be what was adopted.
 */
function removal(target: Owned, objects: LeafObjects, shortcutUID: string): LeafAction {
  const { resource, object } = target;
  if (resource !== resources.configurations)
    return { kind: isAdopted(object) ? 'deleteUnlessPeered' : 'delete', resource, object };
  const gateways = [...objects.servers, ...objects.clients];
  const isNeeded = gateways.some((gateway) => !isOwnedBy(gateway, shortcutUID));
  return isNeeded ? giveUp(target) : { kind: 'deleteUnlessPeered', resource, object };
}

/** A Connection goes by garbage collection with its gateway: it counts while its gateway is ours or gone. */
function derivedConnections(objects: LeafObjects, shortcutUID: string): LiqoObject[] {
  const foreign = [...objects.servers, ...objects.clients].filter((gateway) => !isOwnedBy(gateway, shortcutUID));
  const isDerived = ({ metadata }: LiqoObject): boolean => {
    const owners = (metadata.ownerReferences ?? []).filter(
      ({ kind }) => kind === resources.gatewayServers.kind || kind === resources.gatewayClients.kind,
    );
    return owners.length > 0 && owners.every(({ uid }) => !foreign.some((gateway) => gateway.metadata.uid === uid));
  };
  return objects.connections.map(({ object }) => object).filter(isDerived);
}

/**
 * What others keep from going, in words: only they can let it go. What goes with a gateway is awaited when that is gone.
 */
export function heldWords(leaf: string, objects: LeafObjects, shortcutUID: string): string[] {
  const owned = ownedObjects(objects, shortcutUID).map(({ object }) => object);
  const derived = derivedConnections(objects, shortcutUID);
  const held = [...owned, ...derived].flatMap((object) => {
    const { finalizers = [] } = object.metadata;
    if (!isTerminating(object) || finalizers.length === 0) return [];
    return [`${describeObject(object, leaf)} is held by the finalizer ${finalizers.join(', ')}.`];
  });
  const isLast = owned.every(({ kind }) => kind === resources.namespaces.kind) && held.length === 0;
  const awaited = isLast
    ? derived.map((object) => `Kubernetes has yet to collect ${describeObject(object, leaf)}.`)
    : [];
  return [...held, ...awaited];
}

/** Takes our marks off an object and leaves it. */
export function giveUp({ resource, object }: Owned): LeafAction {
  const { labels = {}, annotations = {} } = object.metadata;
  const remove = (field: 'labels' | 'annotations', key: string): JsonPatchOperation => ({
    op: 'remove',
    path: `/metadata/${field}/${escapePointer(key)}`,
  });
  const marks = [annotationKeys.shortcutName, annotationKeys.wantedCIDRs, annotationKeys.adopted].filter(
    (key) => annotations[key] !== undefined,
  );
  return {
    kind: 'patch',
    resource,
    object,
    operations: [
      remove('labels', labelKeys.shortcutUID),
      ...(labels[labelKeys.managedBy] === managedByUs ? [remove('labels', labelKeys.managedBy)] : []),
      ...marks.map((key) => remove('annotations', key)),
    ],
  };
}

/**
 * What stays behind on a leaf that cannot be reached, to be removed when it returns. What is removed then is found by
 * the label, not by this list: where nothing was read of the leaf since this process started, the last report has to
 * do, or else the one object without which there is no link.
 */
export function remainderOf(leaf: ObservedLeaf, peer: string, shortcut: VirtualNodeShortcut): PendingObject[] {
  const { name, uid = '' } = shortcut.metadata;
  const found = leaf.isRead ? seenOn(leaf, uid) : reportedOn(leaf.id, peer, shortcut);
  return found.map((object) => ({ ...object, remoteClusterID: peer, shortcut: { name, uid } }));
}

type Remainder = Omit<PendingObject, 'remoteClusterID' | 'shortcut'>;

function seenOn({ objects }: ObservedLeaf, shortcutUID: string): Remainder[] {
  return ownedObjects(objects, shortcutUID).map(({ resource, object }) => ({
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    name: object.metadata.name,
    uid: object.metadata.uid ?? unknownUID,
  }));
}

function reportedOn(leaf: string, peer: string, { status }: VirtualNodeShortcut): Remainder[] {
  const reported = (status?.objects ?? []).filter(({ cluster, origin }) => cluster === leaf && origin !== 'Observed');
  if (reported.length === 0) {
    return [{ apiVersion: 'v1', kind: 'Namespace', name: tenantNamespaceName(peer), uid: unknownUID }];
  }
  return reported.map(({ apiVersion, kind, namespace, name, uid = unknownUID }) => ({
    apiVersion,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
  }));
}

const unknownUID = 'unknown';

/** For `deletionPolicy: Orphan`: the link stays; a right of ours to read a Secret is no part of it. */
export function orphanActions(objects: LeafObjects, shortcutUID: string): LeafAction[] {
  return ownedObjects(objects, shortcutUID)
    .filter(({ resource, object }) => resource !== resources.roleBindings || !isTerminating(object))
    .map((owned) => (owned.resource === resources.roleBindings ? { kind: 'delete', ...owned } : giveUp(owned)));
}
