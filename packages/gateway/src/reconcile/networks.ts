import type { Network } from '@leafway/liqo';
import { done, type Outcome, type ReconcileContext } from '@leafway/reconciler';
import type { Caches } from './caches.ts';
import type { Writer } from './writes.ts';

export interface NetworksDeps {
  readonly caches: Caches;
  readonly writer: Writer<Network>;
}

/** Answers Networks of the Liqo namespace: each gets exactly the range it asks for, since all are this cluster's own. */
export function createNetworkReconciler({ caches, writer }: NetworksDeps) {
  return async (key: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const network = caches.networks.get(key);
    if (network?.spec === undefined || (network.status?.cidr ?? '') !== '') return done();
    await writer.setStatus(network, { ...network.status, cidr: network.spec.cidr }, signal);
    return done();
  };
}
