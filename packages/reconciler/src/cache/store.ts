/** What an object is found by: each function gives the values under which it stands in that index. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** Index name → values under which an object stands there. */
type Values = ReadonlyMap<string, readonly string[]>;

/** Objects by key and by index; one lookup costs the same for any number of objects. */
export class Store<T> {
  readonly #objects = new Map<string, T>();
  /** Kept so that an object leaves the very places it was put in; empty without indexes. */
  readonly #values = new Map<string, Values>();
  readonly #indexes: Indexes<T>;
  /** Index name → value → keys. */
  readonly #keys = new Map<string, Map<string, Set<string>>>();

  constructor(indexes: Indexes<T>) {
    this.#indexes = indexes;
    for (const name of Object.keys(indexes)) this.#keys.set(name, new Map());
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  get size(): number {
    return this.#objects.size;
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  byIndex(index: string, value: string): T[] {
    const values = this.#keys.get(index);
    if (values === undefined)
      throw new Error(`there is no index "${index}", only: ${[...this.#keys.keys()].join(', ')}`);
    return Array.from(values.get(value) ?? [], (key) => this.#objects.get(key)).filter((o) => o !== undefined);
  }

  set(key: string, object: T): void {
    const values = new Map(Object.entries(this.#indexes).map(([name, valuesOf]) => [name, valuesOf(object)]));
    this.delete(key);
    this.#objects.set(key, object);
    if (values.size > 0) this.#values.set(key, values);
    for (const [name, value, keys] of this.#places(values)) {
      if (keys === undefined) this.#keys.get(name)?.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  delete(key: string): void {
    const values = this.#values.get(key) ?? new Map();
    this.#objects.delete(key);
    this.#values.delete(key);
    for (const [name, value, keys] of this.#places(values)) {
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.get(name)?.delete(value);
    }
  }

  *#places(values: Values): Generator<[name: string, value: string, keys: Set<string> | undefined]> {
    for (const [name, ofIndex] of values) {
      for (const value of ofIndex) yield [name, value, this.#keys.get(name)?.get(value)];
    }
  }
}
