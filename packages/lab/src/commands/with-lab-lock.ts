import { LabError } from '../errors.ts';
import { tryLock } from '../lock.ts';

/**
 * Runs `work`, which changes the lab in a directory, while no other command changes it.
 * @throws LabError `LAB_DIRECTORY` when another one does.
 */
export async function withLabLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const release = await tryLock(directory);
  if (release === undefined) {
    throw new LabError(
      'LAB_DIRECTORY',
      `another command is starting or stopping the lab in ${directory}; wait for it, or end it`,
    );
  }
  try {
    return await work();
  } finally {
    await release();
  }
}
