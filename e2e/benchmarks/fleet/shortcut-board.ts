import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { isApiError, type KubeApi } from '@leafway/reconciler';
import { isReady } from '../link/link.ts';

/** Which shortcuts there are and which are Ready, by a watch: whoever waits for a change is told at once. */
export class ShortcutBoard {
  readonly #ready = new Map<string, boolean>();
  #readyCount = 0;
  readonly #stop = new AbortController();
  #change = Promise.withResolvers<void>();

  constructor(api: KubeApi) {
    void this.#follow(api);
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

  async #follow(api: KubeApi): Promise<void> {
    const options = { sendInitialEvents: true, signal: this.#stop.signal };
    try {
      for await (const event of api.watch<VirtualNodeShortcut>(kinds.shortcuts, options)) {
        if (event.type !== 'BOOKMARK') this.#see(event.type, event.object);
      }
    } catch (error) {
      if (!isApiError(error, 'Aborted')) throw error;
    }
  }

  #see(type: 'ADDED' | 'MODIFIED' | 'DELETED', shortcut: VirtualNodeShortcut): void {
    const { name } = shortcut.metadata;
    if (this.isReady(name)) this.#readyCount -= 1;
    if (type === 'DELETED') this.#ready.delete(name);
    else this.#ready.set(name, isReady(shortcut));
    if (this.isReady(name)) this.#readyCount += 1;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
