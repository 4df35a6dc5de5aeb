import { type Connection, readConnection } from '@leafway/liqo';
import type { Clock } from '@leafway/reconciler';

/**
 * Remembers when *we* saw the stamp of each Connection change. The stamp itself is of the leaf's clock, which need not
 * agree with ours, so it is only ever compared with itself.
 */
export class StampClock {
  readonly #seen = new Map<string, { stamp: string | undefined; atMs: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ageMs(connection: Connection): number {
    const now = this.#clock.monotonicMs();
    const key = connection.metadata.uid ?? '';
    const { stamp } = readConnection(connection);
    const known = this.#seen.get(key);
    if (known !== undefined && known.stamp === stamp) return now - known.atMs;
    this.#seen.set(key, { stamp, atMs: now });
    return 0;
  }

  /** Drops what is known of a Connection that is gone. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }
}
