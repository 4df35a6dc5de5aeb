/** Values from one side, an async iteration on the other. */
export class Channel<T> {
  readonly #values: T[] = [];
  #end: { readonly error?: Error | undefined } | undefined;
  #news = Promise.withResolvers<void>();

  push(value: T): void {
    if (this.#end !== undefined) return;
    this.#values.push(value);
    this.#news.resolve();
  }

  /** After the values that are in it the iteration ends, or throws `error`. */
  close(error?: Error): void {
    this.#end ??= { error };
    this.#news.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      for (let value = this.#values.shift(); value !== undefined; value = this.#values.shift()) yield value;
      if (this.#end !== undefined) break;
      await this.#news.promise;
      this.#news = Promise.withResolvers();
    }
    if (this.#end.error !== undefined) throw this.#end.error;
  }
}
