import { CoreError, failure, type Parsed, valueOrThrow } from '../errors.ts';
import { formatAddress, safeParseAddress } from './address.ts';
import { bitsOf, type Family, hostMask } from './family.ts';

declare const brand: unique symbol;

/** A parsed range. Exists only through {@link parseCidr} and {@link cidrOf}. */
export interface Cidr {
  readonly family: Family;
  /** The network address. */
  readonly address: bigint;
  /** The prefix length. */
  readonly length: number;
  /** The canonical form, equal for equal ranges. */
  readonly text: string;
  readonly [brand]: 'Cidr';
}

/**
 * Reads a range in CIDR notation strictly. Throws a {@link CoreError} whose message says what is wrong with it and,
 * where that can be told, what was probably meant.
 */
export function parseCidr(text: string): Cidr {
  return valueOrThrow(safeParseCidr(text));
}

/** Like {@link parseCidr}, with the reason as a value. */
export function safeParseCidr(text: string): Parsed<Cidr> {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  if (rest.length > 0)
    return failure('CORE_CIDR_SYNTAX', `"${text}" has more than one slash: write it like 10.244.0.0/16`);
  const address = safeParseAddress(addressText);
  if (!address.ok) return address;
  const { family, value } = address.value;
  if (lengthText === undefined) {
    return failure(
      'CORE_CIDR_NO_LENGTH',
      `"${text}" is an address, not a range: add its prefix length, like ${address.value.text}/${bitsOf(family)}`,
    );
  }
  const length = parseLength(text, lengthText, family);
  if (!length.ok) return length;
  if ((value & hostMask(family, length.value)) !== 0n) return hostBitsSet(text, family, value, length.value);
  return { ok: true, value: cidrOf(family, value, length.value) };
}

function parseLength(text: string, lengthText: string, family: Family): Parsed<number> {
  if (!/^\d+$/.test(lengthText)) {
    return failure(
      'CORE_CIDR_SYNTAX',
      `"${text}" has the prefix length "${lengthText}": write a number of 0 to ${bitsOf(family)}`,
    );
  }
  if (lengthText.length > 1 && lengthText.startsWith('0')) {
    const meant = lengthText.replace(/^0+(?=\d)/, '');
    return failure(
      'CORE_ADDRESS_LEADING_ZERO',
      `"${text}" has a leading zero in its prefix length "${lengthText}": write ${meant}`,
    );
  }
  if (Number(lengthText) > bitsOf(family)) {
    return failure(
      'CORE_CIDR_LENGTH_RANGE',
      `"${text}" has the prefix length ${lengthText}: that of IPv${family} is 0 to ${bitsOf(family)}`,
    );
  }
  return { ok: true, value: Number(lengthText) };
}

/** Either the length or the address is wrong: name the network of that length, and the range that begins there. */
function hostBitsSet(text: string, family: Family, value: bigint, length: number): Parsed<never> {
  const network = cidrOf(family, value & ~hostMask(family, length), length);
  const step = family === 4 ? 8 : 16;
  let fitting = Math.ceil(length / step) * step;
  while ((value & hostMask(family, fitting)) !== 0n) fitting += step;
  const other = cidrOf(family, value, fitting);
  return failure(
    'CORE_CIDR_HOST_BITS',
    `"${text}" has host bits set: its network is ${network.text}, or was ${other.text} meant?`,
  );
}

/** The range with that network address. Throws a {@link CoreError} when there is none such, as with host bits set. */
export function cidrOf(family: Family, address: bigint, length: number): Cidr {
  if (!Number.isInteger(length) || length < 0 || length > bitsOf(family)) {
    throw new CoreError('CORE_CIDR_LENGTH_RANGE', `${length} is not a prefix length of IPv${family}`);
  }
  const text = `${formatAddress(family, address)}/${length}`;
  if ((address & hostMask(family, length)) !== 0n)
    throw new CoreError('CORE_CIDR_HOST_BITS', `${text} has host bits set`);
  return Object.freeze(new ParsedCidr(family, address, length, text)) as Partial<Cidr> as Cidr;
}

class ParsedCidr {
  readonly family: Family;
  readonly address: bigint;
  readonly length: number;
  readonly text: string;

  constructor(family: Family, address: bigint, length: number, text: string) {
    this.family = family;
    this.address = address;
    this.length = length;
    this.text = text;
  }

  /** A JSON document shows the text, for it has no place for a bigint. */
  toJSON(): string {
    return this.text;
  }
}

/** The last address of a range, as a number. */
export function lastAddressOf(cidr: Cidr): bigint {
  return cidr.address | hostMask(cidr.family, cidr.length);
}
