import { isDeepStrictEqual } from 'node:util';
import { type Connection, readConnection } from '@leafway/liqo';
import type { Clock } from '@leafway/reconciler';

/** Whether two versions of a Connection differ in nothing but its stamp, and the time that was measured with it. */
export function isRenewal(before: Connection, after: Connection): boolean {
  const rest = ({ metadata, status, ...object }: Connection): object => ({
    ...object,
    metadata: { ...metadata, resourceVersion: undefined },
    status: { ...status, latency: undefined },
  });
  return isDeepStrictEqual(rest(before), rest(after));
}

/**
 * Remembers when *we* saw the stamp of each Connection change. The stamp itself is of the leaf's clock, which need not
 * agree with ours, so it is only ever compared with itself.
 */
export class StampClock {
  readonly #seen = new Map<string, { stamp: string | undefined; atMs: number; moved: boolean }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the stamp stands, and whether it moved since we saw it first. */
  look(connection: Connection): { stampAgeMs: number; stampMoved: boolean } {
    const now = this.#clock.monotonicMs();
    const key = connection.metadata.uid ?? '';
    const { stamp } = readConnection(connection);
    const known = this.#seen.get(key);
    if (known !== undefined && known.stamp === stamp) return { stampAgeMs: now - known.atMs, stampMoved: known.moved };
    this.#seen.set(key, { stamp, atMs: now, moved: known !== undefined });
    return { stampAgeMs: 0, stampMoved: known !== undefined };
  }

  /** Drops what is known of a Connection that is gone. */
  forget(uid: string): void {
    this.#seen.delete(uid);
  }
}
