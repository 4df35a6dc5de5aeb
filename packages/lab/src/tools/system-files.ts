import { createWriteStream } from 'node:fs';
import {
  access,
  chmod,
  constants,
  link,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
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
    createFile,
    write: (path, chunks) => pipeline(chunks, createWriteStream(path)),
    makeExecutable: (path) => chmod(path, 0o755),
    rename,
    link: replaceLink,
    remove: (path) => rm(path, { recursive: true, force: true }),
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
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Linking a finished file into place makes it appear with its whole content or not at all. */
async function createFile(path: string, text: string): Promise<boolean> {
  return await inScratchDirectory(path, async (scratch) => {
    await writeFile(scratch, text);
    try {
      await link(scratch, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

async function replaceLink(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await inScratchDirectory(path, async (scratch) => {
    await symlink(target, scratch);
    await rename(scratch, path);
  });
}

/** Gives `work` a path that nobody else uses, on the same file system as `path`. */
async function inScratchDirectory<T>(path: string, work: (scratch: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(dirname(path), '.new-'));
  try {
    return await work(join(directory, 'file'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
