import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when `holds` is true; rejects when it is not within the time. For real servers, where no clock can be moved. */
export async function eventually(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(10);
  }
}
