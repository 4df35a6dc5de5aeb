import { once } from 'node:events';
import type { Server } from 'node:https';
import type { Clock } from '@leafway/reconciler';

/** Longer than any request may take, see the times of the server. */
const patienceMs = 15_000;

/**
 * Stops taking connections, lets every request that has begun end with its answer, and resolves when all connections
 * are closed; what is still open after 15 s is cut.
 */
export async function stopServer(server: Server, clock: Clock): Promise<void> {
  const closed = once(server, 'close');
  const cancel = clock.setTimer(patienceMs, () => server.closeAllConnections());
  server.close();
  await closed;
  cancel();
}
