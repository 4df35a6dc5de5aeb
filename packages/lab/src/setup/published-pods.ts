import { mapAddress, parseAddress } from '@leafway/core';
import { buildIP, type IP, resources, tenantNamespaceName } from '@leafway/liqo';
import { type PodName, podNames } from '../plan/networks.ts';
import { type TunnelEnd, waitForAgent } from './link.ts';
import { createObject } from './objects.ts';
import type { GivenNames } from './ranges.ts';

/** Which `IP` object on the centre stands for a pod of a leaf. */
export function publishedPod(leaf: string, pod: PodName): { readonly namespace: string; readonly name: string } {
  return { namespace: tenantNamespaceName(leaf), name: `${leaf}-${pod}` };
}

/**
 * Gives each pod of a leaf an address in the centre's external range, under which the other leaves reach it through
 * the centre (as in Liqo 1.2). `names` is what the centre calls the leaf's ranges.
 */
export async function publishPods(centre: TunnelEnd, leaf: TunnelEnd, names: GivenNames): Promise<void> {
  const mapping = names.pod.find(({ real }) => real.text === leaf.plan.networks.pod);
  if (mapping === undefined) throw new TypeError(`the centre has no name for the pods of ${leaf.plan.id}`);
  // One after the other: the same addresses in every lab of these clusters.
  for (const pod of podNames) {
    const ref = publishedPod(leaf.plan.id, pod);
    const address = mapAddress(parseAddress(leaf.plan.networks.pods[pod]), mapping.real, mapping.name);
    await createObject(centre.admin, resources.ips, buildIP({ ...ref, ip: address.text }));
    await waitForAgent<IP, string>(centre, {
      type: resources.ips,
      ...ref,
      what: 'the address of the IP',
      accept: ({ status }) => status?.ip || undefined,
    });
  }
}
