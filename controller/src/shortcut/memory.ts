import type { VirtualNodeShortcut } from '@leafway/core';
import type { Decision } from './decide.ts';
import type { LinkHistory } from './link-health.ts';
import type { Settled } from './repair.ts';
import type { WriteHistories } from './write-budget.ts';

/** What a process remembers of one shortcut; nothing in it is needed for being right in the end. */
export interface ShortcutMemory {
  readonly uid: string | undefined;
  settled: Decision['settled'];
  writes: ReadonlyMap<string, WriteHistories>;
  /** Absent before the first look. */
  link: LinkHistory | undefined;
  /** When its status was written lately, on the monotonic clock. */
  statusWritesMs: readonly number[];
}

/** The memories of all shortcuts, by name. */
export class Memories {
  readonly #memories = new Map<string, ShortcutMemory>();

  /** The memory of this very object, not of one of the same name before. */
  of({ metadata: { name, uid } }: VirtualNodeShortcut): ShortcutMemory {
    const known = this.#memories.get(name);
    if (known !== undefined && known.uid === uid) return known;
    const fresh = {
      uid,
      settled: new Map<string, Settled>(),
      writes: new Map<string, WriteHistories>(),
      link: undefined,
      statusWritesMs: [],
    };
    this.#memories.set(name, fresh);
    return fresh;
  }

  forget(name: string): void {
    this.#memories.delete(name);
  }
}
