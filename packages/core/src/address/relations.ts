import { CoreError } from '../errors.ts';
import { type Address, addressOf } from './address.ts';
import type { Cidr } from './cidr.ts';
import { bitsOf, hostMask } from './family.ts';

/** Whether two ranges have an address in common; ranges of different families never do. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.length <= b.length ? contains(a, b) : contains(b, a);
}

/** Whether an address, or every address of a range, is in `outer`. */
export function contains(outer: Cidr, inner: Cidr | Address): boolean {
  if (inner.family !== outer.family) return false;
  if ('length' in inner && inner.length < outer.length) return false;
  const first = 'length' in inner ? inner.address : inner.value;
  const shift = BigInt(bitsOf(outer.family) - outer.length);
  return first >> shift === outer.address >> shift;
}

/** Whether two ranges are the same. */
export function isSameCidr(a: Cidr, b: Cidr): boolean {
  return a.text === b.text;
}

/**
 * The address with the same host bits in another range of the same size (as in Liqo 1.2).
 * Throws a {@link CoreError} when the ranges differ in length or family, or when the address is not in `from`.
 */
export function mapAddress(address: Address, from: Cidr, to: Cidr): Address {
  if (from.family !== to.family || from.length !== to.length) {
    throw new CoreError(
      'CORE_RANGE_MISMATCH',
      `${from.text} cannot be mapped to ${to.text}: the prefix lengths must be equal`,
    );
  }
  if (!contains(from, address)) throw new CoreError('CORE_ADDRESS_OUTSIDE', `${address.text} is not in ${from.text}`);
  return addressOf(to.family, to.address | (address.value & hostMask(to.family, to.length)));
}
