import { rm, rmdir } from 'node:fs/promises';
import { closeFrame } from '../frame/frame.ts';
import { findLab, type Lab } from '../lab.ts';
import { withLabLock } from './with-lab-lock.ts';

/**
 * Ends a lab and removes what it made; also what a lab left that ended by itself.
 * Returns whether there was one: doing it twice is no error.
 */
export async function labDown(directory: string): Promise<boolean> {
  if ((await findLab(directory)) === undefined) return false;
  return withLabLock(directory, async () => {
    // Read again: the one who held the lock until now may have ended or started it.
    const lab = await findLab(directory);
    if (lab === undefined) return false;
    if (lab.frame !== undefined) await closeFrame(lab.frame);
    await removeLabFiles(lab);
    await removeIfEmpty(directory);
    return true;
  });
}

/** Removes the files of an ended lab, the plan last: as long as it is there, the rest can be found. */
export async function removeLabFiles({ layout, clusters }: Pick<Lab, 'layout' | 'clusters'>): Promise<void> {
  const made = [
    layout.bin,
    layout.logs,
    layout.state,
    `${layout.state}.new`,
    layout.stopped,
    layout.frame,
    ...clusters.flatMap((id) => [layout.cluster(id).directory, layout.kubeconfig(id)]),
  ];
  await Promise.all(made.map((path) => rm(path, { recursive: true, force: true })));
  await rm(layout.plan, { force: true });
}

/** A directory in which the user keeps other things stays. */
export async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EBUSY') throw error;
  }
}
