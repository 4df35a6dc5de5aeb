import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LabError, messageOf } from '../errors.ts';
import { layoutOf } from '../plan/layout.ts';

/** One by one: Node's own way never ends where the machine refuses in an unusual manner, as below /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return;
    if (code !== 'ENOENT' || !(await isMissing(dirname(directory)))) {
      throw new LabError('LAB_DIRECTORY', `${directory} cannot be made: ${messageOf(error)}`, { cause: error });
    }
    await makeDirectory(dirname(directory));
    await makeDirectory(directory);
  }
}

function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

/**
 * Makes the directory of a lab, or takes one that is empty or holds a lab, and returns its real path.
 * @throws LabError `LAB_DIRECTORY` when it cannot be used.
 */
export async function prepareDirectory(directory: string): Promise<string> {
  refuseRun(directory);
  await makeDirectory(directory);
  const real = await realpath(directory);
  refuseRun(real);
  const entries = await readdir(real);
  if (entries.length > 0 && !entries.includes(basename(layoutOf(real).plan))) {
    throw new LabError('LAB_DIRECTORY', `${real} is not empty and holds no lab; choose another directory with --dir`);
  }
  return real;
}

function refuseRun(directory: string): void {
  if (!/^\/run(\/|$)/.test(directory)) return;
  throw new LabError(
    'LAB_DIRECTORY',
    `${directory}: inside the lab /run is another one, choose a directory elsewhere with --dir`,
  );
}
