import { type Cidr, formatAddress, type RangeMapping } from '@leafway/core';

/**
 * The address at which a cluster is probed: the lowest of its pod ranges, whose host part is all zero. No pod has it
 * as long as the CNI keeps to the custom of leaving it out, and both sides find it without being told. On Linux 5.14
 * and later it is an address like any other; before, a bridge with a prefix that begins there takes it for its
 * broadcast address, and the probe fails.
 */
export function probeAddressOf(podCIDRs: readonly Cidr[]): string {
  const [first] = [...podCIDRs].sort(byAddress);
  if (first === undefined) throw new RangeError('a cluster without a pod range cannot be probed');
  return formatAddress(first.family, first.address);
}

/** What this cluster calls a remote's probe address; `undefined` while the remote's pod ranges have no names. */
export function probeTargetOf(remotePods: readonly RangeMapping[]): string | undefined {
  const [first] = [...remotePods].sort((a, b) => byAddress(a.real, b.real));
  // Both ranges have the same length, so the lowest address of the one is called by the lowest of the other.
  return first && formatAddress(first.name.family, first.name.address);
}

function byAddress(a: Cidr, b: Cidr): number {
  return a.address < b.address ? -1 : 1;
}
