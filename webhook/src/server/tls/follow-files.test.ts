import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@leafway/reconciler';
import { FakeClock, silentLogger } from '@leafway/reconciler/testing';
import { describe, expect, test, vi } from 'vitest';
import { systemFolders } from '../../system-files.ts';
import { type FolderWatch, followFiles } from './follow-files.ts';

/** A watch that tells what the test says. */
function aWatch(): FolderWatch & { change: () => void; watched: string[] } {
  const handlers: (() => void)[] = [];
  const watched: string[] = [];
  return {
    watched,
    change: () => {
      for (const handler of handlers) handler();
    },
    watch: (folder, onChange) => {
      handlers.push(onChange);
      watched.push(folder);
      return () => void watched.splice(watched.indexOf(folder), 1);
    },
  };
}

describe('files that are followed', () => {
  test('are looked at once when many changes have settled, every 10 s besides, and not after the end', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const folders = aWatch();
    let looks = 0;
    const look = async (): Promise<void> => {
      looks += 1;
    };
    followFiles(['/a', '/a', '/b'], look, stop.signal, { folders, clock, log: silentLogger });
    expect(folders.watched).toEqual(['/a', '/b']);
    for (let change = 0; change < 5; change += 1) folders.change();
    await clock.advance(99);
    expect(looks).toBe(0);
    await clock.advance(1);
    expect(looks).toBe(1);
    await clock.advance(30_000);
    expect(looks).toBe(4);
    stop.abort();
    expect({ watched: folders.watched, timers: clock.pendingTimers }).toEqual({ watched: [], timers: 0 });
  });

  test('are looked at all the same when a folder cannot be watched or a look fails', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const folders: FolderWatch = {
      watch: () => {
        throw new Error('too many watches');
      },
    };
    let looks = 0;
    const look = async (): Promise<void> => {
      looks += 1;
      throw new Error('unreadable');
    };
    followFiles(['/a'], look, stop.signal, { folders, clock, log: silentLogger });
    await clock.advance(20_000);
    expect(looks).toBe(2);
    stop.abort();
  });

  test('are found changed when a mounted Secret is exchanged by its link', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'webhook-files-'));
    const stop = new AbortController();
    try {
      const write = async (version: string): Promise<void> => {
        await mkdir(join(folder, `..${version}`));
        await writeFile(join(folder, `..${version}`, 'tls.crt'), version);
        await symlink(`..${version}`, join(folder, '..data_tmp'));
        await rename(join(folder, '..data_tmp'), join(folder, '..data'));
      };
      await write('first');
      await symlink('..data/tls.crt', join(folder, 'tls.crt'));
      let seen = '';
      const look = async (): Promise<void> => {
        seen = await readFile(join(folder, 'tls.crt'), 'utf8');
      };
      followFiles([folder], look, stop.signal, { folders: systemFolders, clock: systemClock, log: silentLogger });
      await write('second');
      await vi.waitFor(() => expect(seen).toBe('second'), { timeout: 20_000 });
    } finally {
      stop.abort();
      await rm(folder, { recursive: true });
    }
  });
});
