/** What an object is found by: each function gives the values under which it stands in that index. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

interface Entry<T> {
  readonly object: T;
  /** Index name → values, kept so that an object leaves the very places it was put in. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Objects by key and by index; one lookup costs the same for any number of objects. */
export class Store<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indexes: Indexes<T>;
  /** Index name → value → keys. */
  readonly #keys = new Map<string, Map<string, Set<string>>>();

  constructor(indexes: Indexes<T>) {
    this.#indexes = indexes;
    for (const name of Object.keys(indexes)) this.#keys.set(name, new Map());
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.object;
  }

  get size(): number {
    return this.#entries.size;
  }

  keys(): string[] {
    return [...this.#entries.keys()];
  }

  list(): T[] {
    return Array.from(this.#entries.values(), (entry) => entry.object);
  }

  byIndex(index: string, value: string): T[] {
    const values = this.#keys.get(index);
    if (values === undefined)
      throw new Error(`there is no index "${index}", only: ${[...this.#keys.keys()].join(', ')}`);
    return Array.from(values.get(value) ?? [], (key) => this.#entries.get(key)?.object).filter((o) => o !== undefined);
  }

  set(key: string, object: T): void {
    const values = new Map(Object.entries(this.#indexes).map(([name, valuesOf]) => [name, valuesOf(object)]));
    this.delete(key);
    this.#entries.set(key, { object, values });
    for (const [name, value, keys] of this.#places(values)) {
      if (keys === undefined) this.#keys.get(name)?.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    for (const [name, value, keys] of this.#places(entry.values)) {
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.get(name)?.delete(value);
    }
  }

  *#places(
    values: ReadonlyMap<string, readonly string[]>,
  ): Generator<[name: string, value: string, keys: Set<string> | undefined]> {
    for (const [name, ofIndex] of values) {
      for (const value of ofIndex) yield [name, value, this.#keys.get(name)?.get(value)];
    }
  }
}
