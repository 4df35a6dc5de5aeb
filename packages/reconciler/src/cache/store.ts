/**
 * What an object is found by: each function gives the values under which it stands in that index. It must depend on the object
 * alone: it is asked again when the object goes.
 */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** The key of the only object there, or the keys: mostly there is one, and a set takes as much memory as the object. */
type Keys = string | Set<string>;

/** Objects by key and by index; one lookup costs the same for any number of objects. */
export class Store<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  /** Index name → value → who stands there. */
  readonly #keys: ReadonlyMap<string, Map<string, Keys>>;

  constructor(indexes: Indexes<T>) {
    this.#indexes = indexes;
    this.#keys = new Map(Object.keys(indexes).map((name) => [name, new Map()]));
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
    const keys = values.get(value) ?? [];
    return Array.from(typeof keys === 'string' ? [keys] : keys, (key) => this.#objects.get(key)).filter(
      (object) => object !== undefined,
    );
  }

  set(key: string, object: T): void {
    this.delete(key);
    this.#objects.set(key, object);
    for (const [values, value] of this.#placesOf(object)) values.set(value, withKey(values.get(value), key));
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    for (const [values, value] of this.#placesOf(object)) {
      const keys = values.get(value);
      if (keys instanceof Set && keys.size > 1) keys.delete(key);
      else values.delete(value);
    }
  }

  *#placesOf(object: T): Generator<[values: Map<string, Keys>, value: string]> {
    for (const [name, values] of this.#keys) {
      // Once, also where it is named twice.
      for (const value of new Set(this.#indexes[name]?.(object))) yield [values, value];
    }
  }
}

function withKey(keys: Keys | undefined, key: string): Keys {
  if (keys === undefined) return key;
  return typeof keys === 'string' ? new Set([keys, key]) : keys.add(key);
}
