import { type Cidr, formatAddress } from '@leafway/core';

/** The first address of the external range is for traffic of unknown source (as in Liqo 1.2). */
export function unknownSourceOf(external: Cidr): string {
  return formatAddress(4, external.address);
}

/** The lowest free address of the external range but its first; `undefined` when there is none. */
export function nextExternalAddress(external: Cidr, taken: ReadonlySet<string>): string | undefined {
  const end = external.address + (1n << BigInt(32 - external.length));
  for (let value = external.address + 1n; value < end; value += 1n) {
    const address = formatAddress(4, value);
    if (!taken.has(address)) return address;
  }
  return undefined;
}
