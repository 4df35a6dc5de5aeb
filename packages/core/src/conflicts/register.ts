import type { StoredShortcut } from './stored-shortcut.ts';

/** Which shortcuts ask for what on one leaf. */
export class Register<Key> {
  /** Made when it is needed: on most leaves nobody asks for anything. */
  #entries: Map<Key, Set<StoredShortcut>> | undefined;

  add(key: Key, shortcut: StoredShortcut): void {
    this.#entries ??= new Map();
    const found = this.#entries.get(key);
    if (found === undefined) this.#entries.set(key, new Set([shortcut]));
    else found.add(shortcut);
  }

  remove(key: Key, shortcut: StoredShortcut): void {
    const found = this.#entries?.get(key);
    found?.delete(shortcut);
    if (found?.size === 0) this.#entries?.delete(key);
  }

  /** Who asks for it. */
  at(key: Key): Iterable<StoredShortcut> {
    return this.#entries?.get(key) ?? [];
  }
}
