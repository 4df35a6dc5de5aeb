import { failure, type Parsed } from '../errors.ts';

/**
 * Reads an IPv4 address in the only form that every program understands alike: four decimal parts, no leading zeros.
 * Kubernetes and Liqo refuse the others too.
 */
export function parseIPv4(text: string): Parsed<bigint> {
  const value = readWellFormed(text);
  return value === undefined ? explain(text) : { ok: true, value: BigInt(value) };
}

/** Reads what nothing is wrong with: facts hold thousands of ranges. */
function readWellFormed(text: string): number | undefined {
  let value = 0;
  let parts = 0;
  for (let at = 0; at <= text.length; parts += 1) {
    const start = at;
    let part = 0;
    for (; at < text.length && at - start < 3; at += 1) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      part = 10 * part + digit;
    }
    const isPadded = at - start > 1 && text.charCodeAt(start) === 48;
    if (at === start || isPadded || part > 255 || (at < text.length && text[at] !== '.')) return undefined;
    value = 256 * value + part;
    at += 1;
  }
  return parts === 4 ? value : undefined;
}

/** Says what is wrong with an address. */
function explain(text: string): Parsed<never> {
  const parts = text.split('.');
  if (!parts.every((part) => /^\d+$/.test(part))) {
    return failure('CORE_ADDRESS_SYNTAX', `"${text}" is not an IP address: write it like 10.0.0.1 or fd00::1`);
  }
  const padded = parts.find((part) => part.length > 1 && part.startsWith('0'));
  if (padded !== undefined) {
    const meant = padded.replace(/^0+(?=\d)/, '');
    return failure(
      'CORE_ADDRESS_LEADING_ZERO',
      `"${text}" has a leading zero in "${padded}", which some programs read as octal: write ${meant}`,
    );
  }
  const large = parts.find((part) => part.length > 3 || Number(part) > 255);
  if (large !== undefined) {
    return failure('CORE_ADDRESS_OUT_OF_RANGE', `"${text}" has the part ${large}: each of the four parts is 0 to 255`);
  }
  if (parts.length < 4) {
    const meant = [...parts, ...Array<string>(4 - parts.length).fill('0')].join('.');
    return failure(
      'CORE_ADDRESS_SHORT',
      `"${text}" has ${parts.length} of the four parts of an IPv4 address: write all, like ${meant}`,
    );
  }
  return failure('CORE_ADDRESS_SYNTAX', `"${text}" has ${parts.length} parts: an IPv4 address has four`);
}

/** The dotted form of an IPv4 address. */
export function formatIPv4(value: bigint): string {
  const bits = Number(value);
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}
