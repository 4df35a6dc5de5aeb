import type { Machine } from './ports.ts';

const pollMs = 500;

/**
 * Runs `work` while no other process on the machine runs work under the lock of the same directory. `onWait` is called
 * once when one does.
 */
export async function withLock<T>(
  directory: string,
  { machine, onWait, signal }: { machine: Machine; onWait: () => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  let release = await machine.tryLock(directory);
  if (release === undefined) onWait();
  while (release === undefined) {
    await new Promise<void>((resolve) => machine.setTimer(pollMs, resolve));
    signal?.throwIfAborted();
    release = await machine.tryLock(directory);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}
