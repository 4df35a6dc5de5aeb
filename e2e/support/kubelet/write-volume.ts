import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pod } from './pod.ts';
import type { Files } from './volumes.ts';

/**
 * Brings a volume's directory to these files as a kubelet does: they are in a directory of their own, which the link
 * `..data` leads to and which is changed at once, so that nobody ever sees some of the old and some of the new.
 */
export async function writeVolume(
  directory: string,
  files: Files,
  { pod, generation }: { readonly pod: Pod; readonly generation: number },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (files === undefined || (await isCurrent(directory, files))) return;
  const name = `..${generation}`;
  for (const [path, { content, mode }] of files) {
    const file = join(directory, name, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: modeForUser(mode, pod) });
  }
  await mkdir(join(directory, name), { recursive: true });
  const before = await readdir(directory);
  await symlink(name, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), join(directory, '..data'));
  const visible = new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''));
  for (const entry of visible) {
    if (!before.includes(entry)) await symlink(join('..data', entry), join(directory, entry));
  }
  const gone = before.filter((entry) => entry !== '..data' && entry !== name && !visible.has(entry));
  for (const entry of gone) await rm(join(directory, entry), { recursive: true });
}

async function isCurrent(directory: string, files: NonNullable<Files>): Promise<boolean> {
  const entries = await readdir(join(directory, '..data'), { recursive: true, withFileTypes: true }).catch(() => []);
  if (entries.filter((entry) => entry.isFile()).length !== files.size) return false;
  for (const [path, { content }] of files) {
    const there = await readFile(join(directory, '..data', path)).catch(() => undefined);
    if (there === undefined || !content.equals(there)) return false;
  }
  return files.size > 0;
}

/**
 * A kubelet's files are root's, with a mode of their own, and `fsGroup` may read them. Here all files are the Pod's
 * user's, since no other can be made: the mode with which he may do just what he could there.
 */
export function modeForUser(mode: number, { spec }: Pod): number {
  const { runAsUser = 0, fsGroup } = spec.securityContext ?? {};
  if (runAsUser === 0) return mode;
  const rights = fsGroup === undefined ? mode & 0o7 : ((mode >> 3) & 0o7) | 0o4;
  return rights << 6;
}
