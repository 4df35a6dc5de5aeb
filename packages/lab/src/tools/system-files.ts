import { createWriteStream } from 'node:fs';
import { access, chmod, constants, mkdir, mkdtemp, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { freeBytesAt } from '../disk-space.ts';
import type { Files } from './ports.ts';

/** The file system of this machine. */
export function createSystemFiles(): Files {
  return {
    makeDirectory: async (path) => {
      await mkdir(path, { recursive: true });
    },
    makeTemporaryDirectory: (prefix) => mkdtemp(prefix),
    exists: (path) => isAllowed(path, constants.F_OK),
    isExecutable: (path) => isAllowed(path, constants.X_OK),
    isReadableAndWritable: (path) => isAllowed(path, constants.R_OK | constants.W_OK),
    readText,
    write: (path, chunks) => pipeline(chunks, createWriteStream(path)),
    makeExecutable: (path) => chmod(path, 0o755),
    rename,
    link: replaceLink,
    remove: (path) => rm(path, { recursive: true, force: true }),
    freeBytes: freeBytesAt,
  };
}

async function isAllowed(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Renaming a finished link into place replaces the one that is there at once. */
async function replaceLink(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return;
  const scratch = await mkdtemp(join(dirname(path), '.new-'));
  try {
    await symlink(target, join(scratch, 'link'));
    await rename(join(scratch, 'link'), path);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
