import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { createCache, type KubeApi, systemClock, systemRandom } from '@leafway/reconciler';
import { silentLogger } from '@leafway/reconciler/testing';
import { isReady } from '../link/link.ts';

/** Which shortcuts there are and which are Ready, by a watch: whoever waits for a change is told at once. */
export class ShortcutBoard {
  readonly #ready = new Map<string, boolean>();
  #readyCount = 0;
  readonly #stop = new AbortController();
  #change = Promise.withResolvers<void>();

  constructor(api: KubeApi) {
    const ports = { clock: systemClock, random: systemRandom, log: silentLogger };
    const shortcuts = createCache<VirtualNodeShortcut>({ ...ports, api, type: kinds.shortcuts });
    shortcuts.onChange(({ key, after }) => this.#see(key, after));
    void shortcuts.run(this.#stop.signal);
  }

  /** How many are Ready. */
  get readyCount(): number {
    return this.#readyCount;
  }

  isReady(name: string): boolean {
    return this.#ready.get(name) === true;
  }

  isGone(name: string): boolean {
    return !this.#ready.has(name);
  }

  /** Resolves when it holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#change.promise;
  }

  close(): void {
    this.#stop.abort();
  }

  #see(name: string, shortcut: VirtualNodeShortcut | undefined): void {
    if (this.isReady(name)) this.#readyCount -= 1;
    if (shortcut === undefined) this.#ready.delete(name);
    else this.#ready.set(name, isReady(shortcut));
    if (this.isReady(name)) this.#readyCount += 1;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
