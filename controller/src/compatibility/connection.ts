import { createHash } from 'node:crypto';
import {
  compatibilityKinds,
  type ForeignClusterConnection,
  type VirtualNodeConnection,
  type VirtualNodeShortcut,
} from '@leafway/core';
import type { ResourceType } from '@leafway/reconciler';

/** A link as the Foreign Cluster Connector has it, in its last form or its first. */
export type Connection = ForeignClusterConnection | VirtualNodeConnection;

/** Where connections of either form live. */
export const connectionTypes: readonly ResourceType[] = Object.values(compatibilityKinds);

/** Holds a connection until its shortcut is gone. */
export const connectionFinalizer = 'leafway.dev/connection';

/**
 * What the Foreign Cluster Connector itself holds its objects with. Where it is gone nobody else removes these; where it
 * runs, these kinds are not ours (see docs/how-to/from-foreign-cluster-connector.md).
 */
export const finalizersBefore: readonly string[] = [
  'foreignclusterconnection.finalizers.networking.liqo.io',
  'virtualnodeconnection.finalizers.networking.liqo.io',
];

/** On a shortcut: the UID of the connection that it was made for is the truth, the others are for people. */
export const connectionLabels = {
  uid: 'leafway.dev/connection-uid',
  kind: 'leafway.dev/connection-kind',
  namespace: 'leafway.dev/connection-namespace',
} as const;

/** On a shortcut: the name of its connection, which may be too long for a label. */
export const connectionNameAnnotation = 'leafway.dev/connection-name';

const longestName = 63;
const hashDigits = 10;

/** The name of the shortcut of a connection: readable, and no other connection has the same. */
export function shortcutNameOf({ kind, metadata: { namespace = '', name } }: Connection): string {
  const hash = createHash('sha256').update(`${kind}/${namespace}/${name}`).digest('hex').slice(0, hashDigits);
  const readable = `${namespace}-${name}`.slice(0, longestName - hashDigits - 1).replace(/[-.]+$/, '');
  return `${readable}-${hash}`;
}

/** Whether a shortcut was made for that very connection. */
export function isMadeFor({ metadata }: VirtualNodeShortcut, connection: Connection): boolean {
  const uid = connection.metadata.uid;
  return uid !== undefined && metadata.labels?.[connectionLabels.uid] === uid;
}

/** For people: `ForeignClusterConnection default/rome-milan`. */
export function nameOfConnection({ kind, metadata: { namespace, name } }: Connection): string {
  return `${kind} ${namespace}/${name}`;
}
