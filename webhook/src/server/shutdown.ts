import { once } from 'node:events';
import type { Server } from 'node:https';
import { type Clock, sleep } from '@leafway/reconciler';

/** Longer than any request may take, see `limits`. */
const patienceMs = 15_000;

/** `close()` ends only the connections that are idle then; others become idle one after the other. */
const sweepMs = 50;

/**
 * Ends a server without losing a request. For `graceMs` it goes on serving, since a Service goes on sending requests
 * until all nodes know that this replica is not ready; meanwhile each answer has to tell its connection to close. Then
 * it takes no connection any more, lets every request that has begun end with its answer, and resolves when all
 * connections are closed; what is still open after 15 s is cut.
 */
export async function stopServer(server: Server, clock: Clock, graceMs: number): Promise<void> {
  await sleep(clock, graceMs, new AbortController().signal);
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
