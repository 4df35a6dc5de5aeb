/** Longer texts are hardly ever equal. */
const longest = 64;
/** Beyond that it begins anew: it must not keep what nobody has any more. */
const mostTexts = 10_000;

/** Keeps one of equal texts, so that those who share it do not each have a copy of their own. */
export class TextPool {
  #texts = new Map<string, string>();

  /** The same text, and mostly the very one that was given for an equal one before. */
  share(text: string): string {
    if (text.length > longest) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostTexts) this.#texts = new Map();
    this.#texts.set(text, text);
    return text;
  }
}
