import { dirname } from 'node:path';
import { diskFull, isDiskFull } from '../disk-space.ts';
import type { ObtainContext } from './obtain.ts';

/** What a way to get tools takes on disk, and by which variables it is sent to another one. */
export interface RoomNeeded {
  readonly bytes: number;
  readonly variables: string;
}

/** All tools, and the one archive beside what comes out of it. */
export const downloading: RoomNeeded = { bytes: 400_000_000, variables: 'XDG_CACHE_HOME' };
/** Kubernetes' modules, and what Go keeps of building them. */
export const building: RoomNeeded = { bytes: 5_000_000_000, variables: 'XDG_CACHE_HOME and GOPATH' };

/**
 * Runs `work`.
 * @throws LabError `LAB_DISK_FULL` in the place of every error that comes from a full disk: with the directory, what is
 * free there, and what is needed.
 */
export async function withRoomFor<T>(
  need: RoomNeeded,
  { machine, cache }: Pick<ObtainContext, 'machine' | 'cache'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    // A compiler names its own directories, which may be on another disk.
    const named = /(\/[^\s:'"]+)[^\n]*(?:no space left|quota exceeded)/i.exec(String(error))?.[1];
    const directory = named === undefined || named.startsWith(cache) ? cache : dirname(named);
    const bytes = { free: await machine.files.freeBytes(directory), needed: need.bytes };
    throw diskFull(directory, bytes, `set ${need.variables} to a directory on another disk.`);
  }
}
