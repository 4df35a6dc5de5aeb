import { failure, type Parsed } from '../errors.ts';

/**
 * Reads an IPv4 address in the only form that every program understands alike: four decimal parts, no leading zeros.
 * Kubernetes and Liqo refuse the others too.
 */
export function parseIPv4(text: string): Parsed<bigint> {
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
  if (parts.length > 4) {
    return failure('CORE_ADDRESS_SYNTAX', `"${text}" has ${parts.length} parts: an IPv4 address has four`);
  }
  return { ok: true, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

/** The dotted form of an IPv4 address. */
export function formatIPv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}
