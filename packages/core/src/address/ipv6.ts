import { failure, type Parsed } from '../errors.ts';
import { formatIPv4, parseIPv4 } from './ipv4.ts';

const groupCount = 8;

/** Reads an IPv6 address (RFC 4291 section 2.2). A zone is refused, and so is an IPv4 address in IPv6 clothes. */
export function parseIPv6(text: string): Parsed<bigint> {
  if (text.includes('%')) {
    return failure(
      'CORE_ADDRESS_ZONE',
      `"${text}" has a zone, which has no meaning on another machine: leave out "${text.slice(text.indexOf('%'))}"`,
    );
  }
  const plain = replaceDottedTail(text);
  if (!plain.ok) return plain;
  const groups = expand(text, plain.value);
  if (!groups.ok) return groups;
  const value = groups.value.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
  if (value >> 32n === 0xffffn) {
    return failure(
      'CORE_ADDRESS_MAPPED',
      `"${text}" is an IPv4 address written as IPv6: write ${formatIPv4(value & 0xffffffffn)}`,
    );
  }
  return { ok: true, value };
}

/** The last two groups may be written as an IPv4 address. */
function replaceDottedTail(text: string): Parsed<string> {
  if (!text.includes('.')) return { ok: true, value: text };
  const start = text.lastIndexOf(':') + 1;
  const tail = parseIPv4(text.slice(start));
  if (!tail.ok) return failure(tail.code, `"${text}": ${tail.message}`);
  return {
    ok: true,
    value: `${text.slice(0, start)}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`,
  };
}

/** All eight groups, with those that `::` stands for. */
function expand(original: string, text: string): Parsed<string[]> {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [before = [], after] = halves;
  if (halves.length > 2)
    return failure('CORE_ADDRESS_SYNTAX', `"${original}" has "::" more than once: it can stand for zeros only once`);
  const written = [...before, ...(after ?? [])];
  const wrong = written.find((group) => !/^[0-9a-f]{1,4}$/i.test(group));
  if (wrong !== undefined) {
    if (/^[0-9a-f]{5,}$/i.test(wrong)) {
      return failure(
        'CORE_ADDRESS_OUT_OF_RANGE',
        `"${original}" has the group "${wrong}": a group has at most four hexadecimal digits`,
      );
    }
    return failure(
      'CORE_ADDRESS_SYNTAX',
      `"${original}" is not an IPv6 address: "${wrong}" is not a group of hexadecimal digits`,
    );
  }
  if (after === undefined && written.length !== groupCount) {
    return failure(
      'CORE_ADDRESS_SYNTAX',
      `"${original}" has ${written.length} groups: an IPv6 address has eight, or "::" for zeros`,
    );
  }
  if (after !== undefined && written.length >= groupCount) {
    return failure(
      'CORE_ADDRESS_SYNTAX',
      `"${original}" has ${written.length} groups beside "::": at most seven leave room for it`,
    );
  }
  return { ok: true, value: [...before, ...Array<string>(groupCount - written.length).fill('0'), ...(after ?? [])] };
}

/** The canonical form of RFC 5952: lower case, no leading zeros, `::` for the first of the longest runs of zeros. */
export function formatIPv6(value: bigint): string {
  // Section 5: an address known to embed an IPv4 address shows it.
  if (value >> 32n === 0xffffn) return `::ffff:${formatIPv4(value & 0xffffffffn)}`;
  const groups = Array.from({ length: groupCount }, (_, index) =>
    ((value >> BigInt(16 * (groupCount - 1 - index))) & 0xffffn).toString(16),
  );
  const run = longestZeroRun(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

function longestZeroRun(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== '0') start = index + 1;
    else if (index + 1 - start > longest.length) longest = { start, length: index + 1 - start };
  }
  return longest;
}
