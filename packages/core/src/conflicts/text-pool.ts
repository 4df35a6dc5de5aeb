/** Texts of which many are equal, each kept once. It forgets them all when they are too many: then some are kept twice. */
export class TextPool {
  readonly #texts = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = 4_096) {
    this.#capacity = capacity;
  }

  /** An equal text, as far as possible the same one as before. */
  share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= this.#capacity) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
