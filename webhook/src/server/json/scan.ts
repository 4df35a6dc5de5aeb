/** Limits that no object an API server stores comes near. */
const jsonLimits = { depth: 100, values: 250_000 } as const;

/** A body that is not taken as JSON at all; the message says why. */
export class JsonRejected extends Error {
  override readonly name = 'JsonRejected';
}

/** What the bytes of a JSON text show without being parsed. Means nothing when the text is no JSON. */
export interface JsonScan {
  /** How many keys stand in all its objects, repeated ones counted each time. */
  readonly keys: number;
  /** Whether a string has an escape for NUL or for half of a character. */
  readonly hasOddEscapes: boolean;
}

/** The bytes that have a meaning between values, in ASCII. UTF-8 has none of them inside another character. */
const byte = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  u: 0x75,
  zero: 0x30,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/**
 * Looks once at each byte, before anything is built from them: throws {@link JsonRejected} for a text that would cost
 * too much to parse. What is no JSON is left for `JSON.parse` to refuse.
 */
export function scanJson(bytes: Uint8Array): JsonScan {
  let [keys, values, depth, hasOddEscapes] = [0, 1, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case byte.quote:
        for (at += 1; at < bytes.length && bytes[at] !== byte.quote; at += 1) {
          if (bytes[at] !== byte.backslash) continue;
          at += 1;
          hasOddEscapes ||= isOddEscape(bytes, at);
        }
        break;
      case byte.colon:
        keys += 1;
        break;
      case byte.comma:
        values += 1;
        if (values > jsonLimits.values) throw new JsonRejected(`the body has more than ${jsonLimits.values} values`);
        break;
      case byte.openObject:
      case byte.openList:
        depth += 1;
        if (depth > jsonLimits.depth) {
          throw new JsonRejected(`the body is nested deeper than ${jsonLimits.depth} levels`);
        }
        break;
      case byte.closeObject:
      case byte.closeList:
        depth -= 1;
        break;
      default:
        break;
    }
  }
  return { keys, hasOddEscapes };
}

/** Whether `u0000` or `uD...` stands behind a backslash: NUL, or most likely half of a character. */
function isOddEscape(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== byte.u) return false;
  const first = bytes[at + 1];
  if (first === 0x64 || first === 0x44) return true;
  return [1, 2, 3, 4].every((digit) => bytes[at + digit] === byte.zero);
}
