import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { microTime } from '../objects/micro-time.ts';

/** The part of `coordination.k8s.io/v1` that leader election uses. */
export interface Lease extends KubeObject {
  spec?: LeaseSpec;
}

/** Who leads, and until when others leave it to them. */
export interface LeaseSpec {
  /** Empty when it was released. */
  holderIdentity?: string | null;
  /** For so long after a renewal nobody else may take it. */
  leaseDurationSeconds?: number | null;
  /** A `MicroTime`, for people: its clock is not ours. */
  acquireTime?: string | null;
  renewTime?: string | null;
  /** How often it went from one holder to another. */
  leaseTransitions?: number | null;
}

/** The kind Lease, for a `KubeApi`. */
export const leases: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** One holder's time with the lease. Renewals leave it as it is, every takeover makes another one. */
export interface Term {
  readonly holderIdentity: string;
  readonly acquireTime: string;
  readonly leaseTransitions: number;
}

/** The term that follows on the state of a lease. */
export function nextTerm(lease: Lease | undefined, holderIdentity: string, now: Date): Term {
  const transitions = lease === undefined ? 0 : (lease.spec?.leaseTransitions ?? 0) + 1;
  return { holderIdentity, acquireTime: microTime(now), leaseTransitions: transitions };
}

/** True when the lease is in that very term; the same identity alone may be another process by the same name. */
export function isInTerm(lease: Lease | undefined, term: Term): boolean {
  const spec = lease?.spec;
  return (
    spec?.holderIdentity === term.holderIdentity &&
    spec.acquireTime === term.acquireTime &&
    (spec.leaseTransitions ?? 0) === term.leaseTransitions
  );
}
