import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from './lock.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('takeLock', () => {
  it('refuses while a living process holds it, and is free after the release', async () => {
    const path = join(directory, 'lock');
    const release = await takeLock(path, process.pid);
    await expect(takeLock(path, process.pid)).rejects.toThrow(
      new RegExp(`process ${process.pid} is starting or stopping`),
    );
    await release();
    await (await takeLock(path, process.pid))();
  });

  it('takes over from a process that is gone', async () => {
    const path = join(directory, 'lock');
    await writeFile(path, JSON.stringify({ pid: process.pid, startTime: '1' }));
    await (await takeLock(path, process.pid))();
  });

  it('takes over from a process that died before it wrote', async () => {
    const path = join(directory, 'lock');
    await writeFile(path, '');
    await (await takeLock(path, process.pid))();
  });
});
