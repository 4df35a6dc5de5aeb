import { isUtf8 } from 'node:buffer';
import { findFaults, type JsonFault } from './faults.ts';
import { JsonRejected, scanJson } from './scan.ts';

/** A JSON text as it was read. */
export interface StrictJson {
  readonly value: unknown;
  /** Places on which nothing must be decided; almost always none. */
  readonly faults: readonly JsonFault[];
}

/**
 * The value of a JSON body in UTF-8, with every place in which it is not plain, so that two readers never see two
 * objects in one text. Throws {@link JsonRejected} for bytes that are not UTF-8 or begin with a byte order mark, for
 * what is not JSON, and for too deep or too many values, which a text must not cost.
 */
export function parseStrictJson(bytes: Buffer): StrictJson {
  if (!isUtf8(bytes)) throw new JsonRejected('the body is not UTF-8');
  if (isByteOrderMark(bytes)) throw new JsonRejected('the body does not begin with JSON but with a byte order mark');
  const { keys, hasOddEscapes } = scanJson(bytes);
  const text = bytes.toString('utf8');
  const value = parse(text);
  const seen: Seen = { keys: 0, isOdd: hasOddEscapes };
  look(value, seen);
  // A repeated key takes the place of the one before: then the value has fewer keys than the text.
  const isPlain = seen.keys === keys && !seen.isOdd;
  return { value, faults: isPlain ? [] : findFaults(text) };
}

function isByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the body, which may hold more than its sender meant to show.
    throw new JsonRejected('the body is not JSON');
  }
}

interface Seen {
  keys: number;
  /** There is something that only a look at the text can name. */
  isOdd: boolean;
}

/** Counts the keys of a parsed value, which the scan has shown not to be deep. */
function look(value: unknown, seen: Seen): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) seen.isOdd = true;
  } else if (Array.isArray(value)) {
    for (const item of value) look(item, seen);
  } else if (typeof value === 'object' && value !== null) {
    for (const key in value) {
      seen.keys += 1;
      if (key === '__proto__') seen.isOdd = true;
      look((value as Record<string, unknown>)[key], seen);
    }
  }
}
