import type { Machine } from './ports.ts';

const pollMs = 500;

/**
 * Runs `work` while no other process on the machine runs work under the same lock file. The file holds the owner's
 * process ID: the lock of a process that has ended is taken over. Two that take over at the same moment both work,
 * so that work must be safe then too, if wasteful. `onWait` is called once with the owner when there is one.
 */
export async function withLock<T>(
  path: string,
  { machine, onWait, signal }: { machine: Machine; onWait: (owner: number) => void; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  let hasWaited = false;
  while (!(await machine.files.createFile(path, String(machine.processID)))) {
    signal?.throwIfAborted();
    const owner = Number(await machine.files.readText(path));
    if (!Number.isInteger(owner) || owner <= 0 || !machine.isProcessAlive(owner)) {
      await machine.files.remove(path);
      continue;
    }
    if (!hasWaited) onWait(owner);
    hasWaited = true;
    await new Promise<void>((resolve) => machine.setTimer(pollMs, resolve));
  }
  try {
    return await work();
  } finally {
    await machine.files.remove(path);
  }
}
