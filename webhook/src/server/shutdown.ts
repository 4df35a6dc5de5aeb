import { once } from 'node:events';
import type { Server } from 'node:https';
import { type Clock, sleep } from '@leafway/reconciler';

/** Longer than any request may take, see `limits`. */
const patienceMs = 15_000;

/**
 * Who asked within this time has connections left, which it keeps for its next request: closed now, one of them would
 * meet a request that is under way. Answered once more, it is closed from the other side.
 */
const quietMs = 1_000;
/** After the grace; so long does a server wait for quiet that clients do not give. */
const quietWithinMs = 10_000;

/** `close()` ends only the connections that are idle then; others become idle one after the other. */
const sweepMs = 50;

/**
 * Ends a server without losing a request. For `graceMs` it goes on serving, since a Service goes on sending requests
 * until all nodes know that this replica is not ready, and until nobody has asked for a second, but no longer than 10 s;
 * meanwhile each answer has to tell its connection to close. Then it takes no connection any more, lets every request
 * that has begun end with its answer, and resolves when all connections are closed; what is still open after 15 s is cut.
 */
export async function stopServer(server: Server, clock: Clock, graceMs: number): Promise<void> {
  await untilQuiet(server, clock, graceMs);
  const closed = once(server, 'close');
  const cancelCut = clock.setTimer(patienceMs, () => server.closeAllConnections());
  let cancelSweep = (): void => {};
  const sweep = (): void => {
    server.closeIdleConnections();
    cancelSweep = clock.setTimer(sweepMs, sweep);
  };
  server.close();
  sweep();
  await closed;
  cancelSweep();
  cancelCut();
}

async function untilQuiet(server: Server, clock: Clock, graceMs: number): Promise<void> {
  const { signal } = new AbortController();
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const note = (): void => {
    askedAtMs = clock.monotonicMs();
  };
  server.on('request', note);
  await sleep(clock, graceMs, signal);
  const lastMs = clock.monotonicMs() + quietWithinMs;
  for (;;) {
    const leftMs = Math.min(askedAtMs + quietMs, lastMs) - clock.monotonicMs();
    if (leftMs <= 0) break;
    await sleep(clock, leftMs, signal);
  }
  server.off('request', note);
}
