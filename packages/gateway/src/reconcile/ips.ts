import type { Cidr } from '@leafway/core';
import type { IP } from '@leafway/liqo';
import { done, type Outcome, type ReconcileContext } from '@leafway/reconciler';
import { nextExternalAddress } from '../ipam/external-addresses.ts';
import type { Caches } from './caches.ts';
import type { Writer } from './writes.ts';

export interface IPsDeps {
  readonly caches: Caches;
  readonly writer: Writer<IP>;
  readonly external: Cidr;
}

/**
 * Answers IP objects: each gets the next address of the external range (as in Liqo 1.2), for ever.
 * To be run one at a time, since each answer takes an address away from the next.
 */
export function createIPReconciler({ caches, writer, external }: IPsDeps) {
  return async (key: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const found = caches.ips.get(key);
    if (found === undefined || (found.status?.ip ?? '') !== '') return done();
    const taken = new Set(caches.ips.list().flatMap(({ status }) => status?.ip ?? []));
    const address = nextExternalAddress(external, taken);
    if (address === undefined)
      throw new RangeError(`the external range ${external.text} has no address left for the IP ${key}`);
    await writer.setStatus(found, { ...found.status, ip: address, cidr: external.text }, signal);
    return done();
  };
}
