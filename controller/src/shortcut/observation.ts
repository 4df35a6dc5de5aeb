import type { LeafCluster, Review, VirtualNodeShortcut } from '@leafway/core';
import {
  type Configuration,
  type Connection,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  labelKeys,
  type PublicKey,
  type TenantNamespace,
} from '@leafway/liqo';
import type { Subject } from '../leaf/account.ts';
import type { RoleBinding } from './key-binding.ts';
import type { LinkHistory } from './link-health.ts';
import type { Settled } from './repair.ts';
import type { WriteHistories } from './write-budget.ts';

/** What one leaf holds of one link, read from caches. */
export interface LeafObjects {
  readonly namespaces: readonly TenantNamespace[];
  readonly configurations: readonly Configuration[];
  readonly servers: readonly GatewayServer[];
  readonly clients: readonly GatewayClient[];
  readonly publicKeys: readonly PublicKey[];
  /** What lets us read a gateway's key; only ours are looked for. */
  readonly keyBindings: readonly RoleBinding[];
  readonly connections: readonly ObservedConnection[];
}

/** A Connection, and how fresh what it says is. */
export interface ObservedConnection {
  readonly object: Connection;
  /** How long ago *we* saw its stamp change: clocks of leaves are not compared with ours. */
  readonly stampAgeMs: number;
  /** False while the stamp that we found at first stands: it may be old already. */
  readonly stampMoved: boolean;
}

/** One end of a shortcut. */
export interface ObservedLeaf {
  readonly id: string;
  /** `undefined` when there is no such LeafCluster. */
  readonly leafCluster: LeafCluster | undefined;
  /** Why the leaf cannot be read or written now; `undefined` when it can. */
  readonly unreachable: string | undefined;
  /** As whom it knows us; `undefined` where our credentials do not say. */
  readonly account: Subject | undefined;
  /** False while nothing was read of it since this process started: `objects` then says nothing. */
  readonly isRead: boolean;
  /** What was seen last; on an unreachable leaf it may be out of date. */
  readonly objects: LeafObjects;
  /** What of them was seen as it should be the last time. */
  readonly settled: Settled;
  /** What was written of them lately, by `settledKey`. */
  readonly writes: WriteHistories;
}

/** All that a decision about one shortcut depends on. */
export interface Observation {
  readonly shortcut: VirtualNodeShortcut;
  /** What is to be said of it beside all others, of which it yields to some and others to it. */
  readonly review: Review;
  /** On the monotonic clock. */
  readonly nowMs: number;
  /** What was seen of the link before. */
  readonly link: LinkHistory;
  /** It is on its leaves what this controller accepted before, whatever it wants now. */
  readonly isCarriedOut: boolean;
  /** In the order of `spec.clusters`. */
  readonly leaves: readonly [ObservedLeaf, ObservedLeaf];
  /** The public key of the gateway with that UID, where it was read from a Secret. */
  readonly keyFromSecret: (gatewayUID: string) => string | undefined;
  readonly now: Date;
  /** No other shortcut is about to get other keys. */
  readonly mayRotateKeys: boolean;
}

export const noObjects: LeafObjects = {
  namespaces: [],
  configurations: [],
  servers: [],
  clients: [],
  publicKeys: [],
  keyBindings: [],
  connections: [],
};

/** The label is the truth about what is ours (docs/adr/0001-label-is-the-truth.md). */
export function isOwnedBy(object: LiqoObject, shortcutUID: string): boolean {
  return object.metadata.labels?.[labelKeys.shortcutUID] === shortcutUID;
}

export function isTerminating(object: LiqoObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** For messages: `GatewayServer liqo-tenant-milan/milan on rome`. */
export function describeObject(object: LiqoObject, leaf: string): string {
  const { namespace, name } = object.metadata;
  return `${object.kind} ${namespace === undefined ? name : `${namespace}/${name}`} on ${leaf}`;
}

/** Its spec is another one than was carried out last. */
export const isOtherSpec = ({ status, metadata }: VirtualNodeShortcut): boolean =>
  status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation;
