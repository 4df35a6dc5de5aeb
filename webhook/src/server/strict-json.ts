/** Limits that no object an API server stores comes near. */
const limits = { depth: 100, values: 250_000 } as const;

/** A body that is not taken as JSON; the message says why and where. */
export class JsonRejected extends Error {
  override readonly name = 'JsonRejected';
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The value of a JSON body in UTF-8. Stricter than `JSON.parse`, because two readers must not see two objects in one
 * text, and a text must not become an object that costs too much to look at: throws {@link JsonRejected} for bytes
 * that are not UTF-8, for a repeated key, for the key `__proto__`, and for too deep or too many values.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  checkStructure(text);
  return parse(text);
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new JsonRejected('the body is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the body, which may hold more than its sender meant to show.
    throw new JsonRejected('the body is not JSON');
  }
}

/** Walks over the strings, brackets and separators of a text; what is no JSON is left for `JSON.parse` to refuse. */
function checkStructure(text: string): void {
  const open: (Set<string> | 'array')[] = [];
  let values = 1;
  let lastString = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    switch (character) {
      case '{':
      case '[':
        if (open.length === limits.depth)
          throw new JsonRejected(`the body is nested deeper than ${limits.depth} levels`);
        open.push(character === '{' ? new Set() : 'array');
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        values += 1;
        if (values > limits.values) throw new JsonRejected(`the body has more than ${limits.values} values`);
        break;
      case ':':
        takeKey(parse(lastString), open.at(-1));
        break;
      case '"': {
        const end = endOfString(text, at);
        lastString = text.slice(at, end + 1);
        at = end;
        break;
      }
    }
  }
}

/** Where the string that begins there ends, or where the text does. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function takeKey(key: unknown, keys: Set<string> | 'array' | undefined): void {
  if (typeof key !== 'string' || !(keys instanceof Set)) return;
  if (key === '__proto__') throw new JsonRejected('the body has a key "__proto__"');
  if (keys.has(key))
    throw new JsonRejected(`the body has the key ${JSON.stringify(key.slice(0, 80))} twice in one object`);
  keys.add(key);
}
