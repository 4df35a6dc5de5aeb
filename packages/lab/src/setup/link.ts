import { type LinkSide, tenantNamespaceName } from '@leafway/liqo';
import type { KubeObject } from '@leafway/reconciler';
import type { ClusterPlan } from '../plan/lab-plan.ts';
import { type ClusterAdmin, type Wait, waitForObject } from './objects.ts';

/** One cluster as one end of the tunnels that a lab starts with. */
export interface TunnelEnd {
  readonly admin: ClusterAdmin;
  readonly plan: ClusterPlan;
}

/** How objects about a remote cluster are named on the other. */
export function sideAbout(remote: TunnelEnd): LinkSide {
  return { remoteClusterID: remote.plan.id, namespace: tenantNamespaceName(remote.plan.id) };
}

/** Until an agent has done one step; generous, since a machine may be busy with other clusters. */
const stepTimeoutMs = 60_000;

/** Waits until an agent has done something to an object; see `waitForObject`. */
export function waitForAgent<T extends KubeObject, R>(
  { admin }: TunnelEnd,
  wait: Omit<Wait<T, R>, 'timeoutMs'>,
): Promise<R> {
  const what = `${wait.what} ${wait.namespace}/${wait.name}`;
  return waitForObject<T, R>(admin, { ...wait, what, timeoutMs: stepTimeoutMs });
}
