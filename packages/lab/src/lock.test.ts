import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock } from './lock.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('tryLock', () => {
  it('gives the lock to one of many that try at once, and again after the release', async () => {
    const taken = (await Promise.all(Array.from({ length: 20 }, () => tryLock(directory)))).filter(
      (release) => release !== undefined,
    );
    expect(taken).toHaveLength(1);
    await taken[0]?.();
    const release = await tryLock(directory);
    expect(release).toBeDefined();
    await release?.();
  });

  it('knows a directory by all of its paths, and from every other one', async () => {
    const other = await mkdtemp(join(tmpdir(), 'leafway-lock-'));
    await symlink(directory, join(other, 'link'));
    const release = await tryLock(directory);
    expect(await tryLock(join(other, 'link'))).toBeUndefined();
    const releaseOther = await tryLock(other);
    expect(releaseOther).toBeDefined();
    await Promise.all([release?.(), releaseOther?.()]);
    await rm(other, { recursive: true });
  });

  it('is free when the process that held it was killed', async () => {
    const program = `
      import { tryLock } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
      await tryLock(${JSON.stringify(directory)});
      console.log('taken');
    `;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(owner.stdout, 'data');
      expect(await tryLock(directory)).toBeUndefined();
    } finally {
      owner.kill('SIGKILL');
      await once(owner, 'exit');
    }
    const release = await tryLock(directory);
    expect(release).toBeDefined();
    await release?.();
  });
});
