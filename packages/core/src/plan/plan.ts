import type { RemoteNames } from '../remap/range-mapping.ts';
import type { Role } from '../roles/elect-server.ts';

/** An object to write on a leaf. */
export interface PlannedObject {
  readonly kind: string;
  readonly name: string;
}

/** One end of a link. */
export interface SidePlan {
  readonly cluster: string;
  readonly peer: string;
  readonly role: Role;
  /** What this cluster calls the peer's ranges. */
  readonly names: RemoteNames;
  /** Liqo's IPAM chooses the names by itself: they are `expected`. Our agent takes those that it is told. */
  readonly certainty: 'will be' | 'expected';
  /** In the tenant namespace of the peer. A tenant namespace that is there already is used instead of the one named. */
  readonly objects: readonly PlannedObject[];
}

/** Everything that a shortcut leads to, before anything is written. */
export interface Plan {
  /** In the order of `spec.clusters`. */
  readonly sides: readonly [SidePlan, SidePlan];
  /** The cluster that runs the gateway server. */
  readonly server: string;
  readonly roleReason: string;
  readonly mtu: number;
  /** What the user who applies the shortcut should read: lines of at most 120 characters, the most important first. */
  readonly warnings: readonly string[];
}
