import type { VirtualNodeShortcut } from '@leafway/core';
import type { Decision } from './decide.ts';
import type { Settled } from './repair.ts';

/** What a process remembers of one shortcut; nothing in it is needed for being right. */
export interface ShortcutMemory {
  readonly uid: string | undefined;
  settled: Decision['settled'];
  /** When its status was written last, on the monotonic clock. */
  statusWrittenMs: number;
}

/** The memories of all shortcuts, by name. */
export class Memories {
  readonly #memories = new Map<string, ShortcutMemory>();

  /** The memory of this very object, not of one of the same name before. */
  of({ metadata: { name, uid } }: VirtualNodeShortcut): ShortcutMemory {
    const known = this.#memories.get(name);
    if (known !== undefined && known.uid === uid) return known;
    const fresh = { uid, settled: new Map<string, Settled>(), statusWrittenMs: Number.NEGATIVE_INFINITY };
    this.#memories.set(name, fresh);
    return fresh;
  }

  forget(name: string): void {
    this.#memories.delete(name);
  }
}
