import type { Clock } from '@leafway/reconciler';

/**
 * When to make WireGuard shake hands again by itself. It waits five seconds after an attempt that was not answered,
 * and the first one often is not: the server may learn the client's key a moment later.
 */
export interface Handshakes {
  /** There is a reason to hope: the peer was set just now, or the tunnel fell silent. */
  begin(remoteClusterID: string): void;
  /** What to do now, and when to ask again; `undefined` when there is nothing more to do. */
  next(
    remoteClusterID: string,
    isConnected: boolean,
  ): { readonly restart: boolean; readonly waitMs: number } | undefined;
  forget(remoteClusterID: string): void;
}

const firstWaitMs = 200;
const growth = 1.6;
/** After that many attempts, in about five seconds, WireGuard's own are as good. */
const maxAttempts = 6;

export function createHandshakes(clock: Clock): Handshakes {
  const waiting = new Map<string, { readonly attempts: number; readonly dueMs: number }>();
  return {
    begin: (id) => {
      waiting.set(id, { attempts: 0, dueMs: clock.monotonicMs() + firstWaitMs });
    },
    next: (id, isConnected) => {
      const entry = waiting.get(id);
      if (entry === undefined) return undefined;
      if (isConnected || entry.attempts === maxAttempts) {
        waiting.delete(id);
        return undefined;
      }
      const nowMs = clock.monotonicMs();
      if (nowMs < entry.dueMs) return { restart: false, waitMs: entry.dueMs - nowMs };
      const attempts = entry.attempts + 1;
      const waitMs = firstWaitMs * growth ** attempts;
      waiting.set(id, { attempts, dueMs: nowMs + waitMs });
      return { restart: true, waitMs };
    },
    forget: (id) => {
      waiting.delete(id);
    },
  };
}
