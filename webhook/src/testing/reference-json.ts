/** What the second reader finds. */
export interface ReferenceJson {
  readonly value: unknown;
  /** The first two keys on the way to each place that is JSON, but not plain; `''` where there are none. */
  readonly oddPlaces: readonly string[];
}

/**
 * A second reader of JSON, written after RFC 8259 alone, to compare the real one with: slow, and with no code in
 * common. Throws for what is not JSON, for repeated keys and for more than 100 levels.
 */
export function parseReferenceJson(bytes: Uint8Array): ReferenceJson {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const reader = new ReferenceReader(text);
  const value = reader.value();
  reader.end();
  return { value, oddPlaces: reader.oddPlaces };
}

class ReferenceReader {
  readonly #text: string;
  readonly oddPlaces: string[] = [];
  /** The keys on the way to where the reader is; a list counts as a level without a name. */
  readonly #path: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    this.#space();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#list();
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  end(): void {
    this.#space();
    if (this.#at !== this.#text.length) throw new Error('there is more');
  }

  #object(): unknown {
    const entries = new Map<string, unknown>();
    this.#open('{');
    if (this.#isNext('}')) return {};
    do {
      this.#space();
      const key = this.#string();
      if (entries.has(key)) throw new Error('a repeated key');
      this.#path.push(key);
      if (key === '__proto__') this.#reportOdd();
      this.#space();
      this.#take(':');
      entries.set(key, this.value());
      this.#path.pop();
    } while (this.#isNext(','));
    this.#take('}');
    return Object.fromEntries(entries);
  }

  #list(): unknown[] {
    const items: unknown[] = [];
    this.#open('[');
    if (this.#isNext(']')) return items;
    this.#path.push('');
    do items.push(this.value());
    while (this.#isNext(','));
    this.#path.pop();
    this.#take(']');
    return items;
  }

  #string(): string {
    let string = '';
    this.#take('"');
    for (let character = this.#next(); character !== '"'; character = this.#next()) {
      if (character < ' ') throw new Error('a control character in a string');
      string += character === '\\' ? this.#escape() : character;
    }
    if (!string.isWellFormed() || string.includes('\0')) this.#reportOdd();
    return string;
  }

  #escape(): string {
    const character = this.#next();
    const plain = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[character];
    if (plain !== undefined) return plain;
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (character !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) throw new Error('an escape that is none');
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #word(): unknown {
    const word = /[^\s,:\]}]*/y;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    const constants: readonly (readonly [string, unknown])[] = [
      ['null', null],
      ['true', true],
      ['false', false],
    ];
    const constant = constants.find(([name]) => name === found);
    if (constant !== undefined) return constant[1];
    const number = Number(found);
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(found)) throw new Error('a word that is no value');
    if (!Number.isFinite(number)) this.#reportOdd();
    return number;
  }

  /** An empty object or list is a level too, one that its path does not show. */
  #open(bracket: string): void {
    this.#take(bracket);
    if (this.#path.length >= 100) throw new Error('too deep');
  }

  #reportOdd(): void {
    this.oddPlaces.push(this.#path.slice(0, 2).join('.'));
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1;
  }

  /** Takes the character if it is the next one. */
  #isNext(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(character: string): void {
    if (!this.#isNext(character)) throw new Error(`no ${character}`);
  }

  #next(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new Error('the text ends early');
    this.#at += 1;
    return character;
  }
}
