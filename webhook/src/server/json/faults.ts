/** The way from the root of a JSON value to a place in it. */
export type JsonPath = readonly (string | number)[];

/**
 * Something in a text that JSON allows and that two readers may understand differently, or that one of them may choke
 * on; so nothing is decided on it.
 */
export interface JsonFault {
  readonly path: JsonPath;
  /** What is wrong there, without a word of the value. */
  readonly message: string;
  /** A key stands twice in one object, so that it is not sure what the object is. */
  readonly isAmbiguous: boolean;
}

/** Who sends more faults at once does it on purpose. */
const faultLimit = 20;

/** One of the objects and lists that the walk is in. */
interface Level {
  /** The keys so far; `undefined` in a list. */
  readonly keys: Set<string> | undefined;
  /** The key or index where the walk is. */
  at: string | number;
}

/**
 * The first faults of a text that is JSON, in their order: repeated keys, the key `__proto__`, halves of characters,
 * NUL, and numbers beyond all bounds. Slow, and only for texts that have one or may have one.
 */
export function findFaults(text: string): JsonFault[] {
  const faults: JsonFault[] = [];
  const levels: Level[] = [];
  const report = (message: string | undefined, isAmbiguous = false): void => {
    if (message !== undefined) faults.push({ path: levels.map(({ at }) => at), message, isAmbiguous });
  };
  const token = /[[\]{},"]|-?\d[\d.eE+-]*/g;
  for (let found = token.exec(text); found !== null && faults.length < faultLimit; found = token.exec(text)) {
    const level = levels.at(-1);
    switch (found[0]) {
      case '{':
        levels.push({ keys: new Set(), at: '' });
        break;
      case '[':
        levels.push({ keys: undefined, at: 0 });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (typeof level?.at === 'number') level.at += 1;
        break;
      case '"': {
        const end = endOfString(text, found.index);
        const string = JSON.parse(text.slice(found.index, end)) as string;
        token.lastIndex = end;
        if (level?.keys !== undefined && isFollowedByColon(text, end)) {
          level.at = string;
          report(keyFault(string, level.keys), level.keys.has(string));
          level.keys.add(string);
        } else report(stringFault(string));
        break;
      }
      default:
        if (!Number.isFinite(Number(found[0]))) report('is a number beyond all bounds');
    }
  }
  return faults;
}

function keyFault(key: string, before: Set<string>): string | undefined {
  if (before.has(key)) return 'this key stands here twice: keep one';
  if (key === '__proto__') return 'this key is not allowed, since it means something else to some programs: remove it';
  return stringFault(key);
}

function stringFault(text: string): string | undefined {
  if (!text.isWellFormed()) return 'has half of a character (a lone surrogate), which is no text: remove it';
  if (text.includes('\0')) return 'has the character NUL, at which some programs end a text: remove it';
  return undefined;
}

/** Where the text goes on after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, at: number): boolean {
  const colon = /\s*:/y;
  colon.lastIndex = at;
  return colon.test(text);
}
