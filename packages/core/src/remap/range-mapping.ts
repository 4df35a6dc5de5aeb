import type { Address } from '../address/address.ts';
import type { Cidr } from '../address/cidr.ts';
import { contains, mapAddress } from '../address/relations.ts';

/** One range of a cluster and what another cluster calls it; both have the same length. */
export interface RangeMapping {
  /** The owner's own range. */
  readonly real: Cidr;
  /** What the other side calls it. */
  readonly name: Cidr;
}

/** The ranges of one remote cluster in a Configuration. */
export interface RemoteNames {
  readonly pod: readonly RangeMapping[];
  readonly external: readonly RangeMapping[];
}

/** What this cluster calls an address of the other one; `undefined` when no range has it (as in Liqo 1.2). */
export function toName(names: RemoteNames, real: Address): Address | undefined {
  const mapping = rangesOf(names).find((range) => contains(range.real, real));
  return mapping && mapAddress(real, mapping.real, mapping.name);
}

/** The other cluster's own address behind what this one calls it; `undefined` when no range has it. */
export function toReal(names: RemoteNames, name: Address): Address | undefined {
  const mapping = rangesOf(names).find((range) => contains(range.name, name));
  return mapping && mapAddress(name, mapping.name, mapping.real);
}

/** Pod ranges are tried before external ones, as Liqo does. */
function rangesOf(names: RemoteNames): RangeMapping[] {
  return [...names.pod, ...names.external];
}
