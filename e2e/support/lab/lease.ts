import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { type KubeObject, leases } from '@leafway/reconciler';
import { waitFor } from '../objects/wait.ts';

const namespace = 'leafway-system';

export interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

/** Removes the lease that a killed leader left behind: whoever starts next need not wait for its end. */
export async function forgetLeader(lab: RunningLab): Promise<void> {
  const api = await connectAsAdmin(lab, lab.centre);
  const { items } = await api.list<Lease>(leases, { namespace });
  for (const { metadata } of items) await api.delete(leases, metadata);
  await api.close();
}

/** Waits until this controller leads. */
export async function waitForLeader(lab: RunningLab, identity: string, timeoutMs: number): Promise<void> {
  await waitFor<Lease>(lab, lab.centre, {
    type: leases,
    namespace,
    name: 'leafway-controller',
    what: `${identity} leading`,
    accept: (lease) => lease?.spec?.holderIdentity === identity,
    timeoutMs,
  });
}
