import { CoreError, type Parsed, valueOrThrow } from '../errors.ts';
import { bitsOf, type Family } from './family.ts';
import { formatIPv4, parseIPv4 } from './ipv4.ts';
import { formatIPv6, parseIPv6 } from './ipv6.ts';

declare const brand: unique symbol;

/** A parsed IP address. Exists only through {@link parseAddress} and {@link addressOf}. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
  /** The canonical form (IPv6: RFC 5952), equal for equal addresses. */
  readonly text: string;
  readonly [brand]: 'Address';
}

/** Reads an IPv4 or IPv6 address strictly. Throws a {@link CoreError} whose message says what is wrong with it. */
export function parseAddress(text: string): Address {
  return valueOrThrow(safeParseAddress(text));
}

/** Like {@link parseAddress}, with the reason as a value. */
export function safeParseAddress(text: string): Parsed<Address> {
  const family = text.includes(':') ? 6 : 4;
  const parsed = family === 6 ? parseIPv6(text) : parseIPv4(text);
  return parsed.ok ? { ok: true, value: addressOf(family, parsed.value) } : parsed;
}

/** The address with that number. Throws a {@link CoreError} when the family has none such. */
export function addressOf(family: Family, value: bigint): Address {
  const text = formatAddress(family, value);
  return Object.freeze(new ParsedAddress(family, value, text)) as Partial<Address> as Address;
}

class ParsedAddress {
  readonly family: Family;
  readonly value: bigint;
  readonly text: string;

  constructor(family: Family, value: bigint, text: string) {
    this.family = family;
    this.value = value;
    this.text = text;
  }

  /** A JSON document shows the text, for it has no place for a bigint. */
  toJSON(): string {
    return this.text;
  }
}

/** The canonical text of the address with that number. Throws a {@link CoreError} when the family has none such. */
export function formatAddress(family: Family, value: bigint): string {
  if (value < 0n || value >> BigInt(bitsOf(family)) !== 0n) {
    throw new CoreError('CORE_ADDRESS_OUT_OF_RANGE', `${value} is not the number of an IPv${family} address`);
  }
  return family === 4 ? formatIPv4(value) : formatIPv6(value);
}
