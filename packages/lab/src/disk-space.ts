import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from './errors.ts';

/** The bytes that an ordinary user may still write where `path` is, or where it would be. */
export async function freeBytesAt(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return freeBytesAt(parent);
  }
}

/** Whether an error, or what it was caused by, tells that a disk is full: by its code, or in the words of a command. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return true;
  return /no space left on device|disk quota exceeded/i.test(error.message) || isDiskFull(error.cause);
}

/** Says which directory is on a full disk, how much is free and needed there, and what to do. */
export function diskFull(
  directory: string,
  bytes: { readonly free: number; readonly needed: number },
  remedy: string,
): LabError {
  const [free, needed] = [megabytes(bytes.free), megabytes(bytes.needed)];
  return new LabError(
    'LAB_DISK_FULL',
    `the disk is full: ${directory} has ${free} free and about ${needed} are needed there; make room and run the same command again, or ${remedy}`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1_000_000)} MB`;
}
