import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../errors.ts';
import { identify, isAlive, type ProcessIdentity } from './processes.ts';

/**
 * Takes the lock of a lab for this process and returns how to give it back.
 * A lock whose owner is gone is taken over.
 * @throws LabError `LAB_DIRECTORY` while another process holds it.
 */
export async function takeLock(path: string, self: number): Promise<() => Promise<void>> {
  const own = JSON.stringify(identify(self));
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(own);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(path);
    if (owner !== undefined && isAlive(owner)) {
      throw new LabError(
        'LAB_DIRECTORY',
        `process ${owner.pid} is starting or stopping the lab in ${dirname(path)}; wait for it, or end it`,
      );
    }
    await rm(path, { force: true });
  }
}

async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch {
    // Gone meanwhile, or its owner died before it wrote.
    return undefined;
  }
}
