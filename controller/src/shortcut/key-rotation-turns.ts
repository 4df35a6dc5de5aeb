import type { KeyRotation } from './key-rotation.ts';

/** Who waits is looked at again when it may be its turn. */
export interface KeyRotationTurnsDependencies {
  readonly nowMs: () => number;
  readonly wake: (name: string) => void;
}

/** A link whose leaf went away in the middle does not hold up the others for longer. */
const patienceMs = 60_000;

/**
 * Other keys for one link after another: should they ever cost a packet, then not on all links at once. Lives in memory;
 * after a restart those that are under way go on, and are noticed as soon as they are looked at.
 */
export class KeyRotationTurns {
  readonly #deps: KeyRotationTurnsDependencies;
  readonly #rotating = new Map<string, number>();
  readonly #waiting = new Set<string>();

  constructor(deps: KeyRotationTurnsDependencies) {
    this.#deps = deps;
  }

  /** Whether this shortcut may begin, or go on. */
  mayRotate(name: string): boolean {
    const sinceMs = this.#deps.nowMs() - patienceMs;
    return [...this.#rotating].every(([other, beganMs]) => other === name || beganMs < sinceMs);
  }

  /** Takes what was decided, in the same step as the decision; when nobody has the turn, who waits longest is woken. */
  settle(name: string, state: KeyRotation['state']): void {
    if (state === 'Waiting') this.#waiting.add(name);
    else this.#waiting.delete(name);
    if (state !== 'Rotating') this.#rotating.delete(name);
    else if (!this.#rotating.has(name)) this.#rotating.set(name, this.#deps.nowMs());
    const [next] = this.#waiting;
    if (next !== undefined && this.mayRotate(next)) this.#deps.wake(next);
  }
}
