import type { Address } from './address.ts';
import { parseCidr } from './cidr.ts';
import { contains } from './relations.ts';

/** RFC 1918, RFC 6598 (behind carriers), RFC 4193. */
const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((text) =>
  parseCidr(text),
);

/** True for an address that is reached from some networks only. */
export function isPrivate(address: Address): boolean {
  return privateRanges.some((range) => contains(range, address));
}
