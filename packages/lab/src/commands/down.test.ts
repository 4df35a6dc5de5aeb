import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLock } from '../lock.ts';
import { layoutOf } from '../plan/layout.ts';
import { labDown } from './down.ts';
import { labStatus } from './status.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-down-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The files of a lab of which nothing runs. */
async function leaveLabBehind(): Promise<void> {
  const layout = layoutOf(directory);
  await mkdir(layout.cluster('rome').pki, { recursive: true });
  await mkdir(layout.logs);
  await writeFile(layout.kubeconfig('rome'), '');
  await writeFile(layout.plan, JSON.stringify({ clusters: [{ id: 'central' }, { id: 'rome' }] }));
  await writeFile(
    layout.frame,
    JSON.stringify({ outer: { pid: 1, startTime: '-' }, first: { pid: 1, startTime: '-' }, pidNamespace: 'x' }),
  );
  const parts = [{ name: 'etcd-rome', cluster: 'rome', kind: 'etcd', pid: 5, state: 'running', restarts: 0 }];
  await writeFile(layout.state, JSON.stringify({ phase: 'ready', parts }));
}

describe('labDown', () => {
  it('removes what a lab left that ended by itself, and its directory', async () => {
    await leaveLabBehind();
    expect(await labDown(directory)).toBe(true);
    await expect(readdir(directory)).rejects.toThrow(/ENOENT/);
  });

  it("leaves alone what is not the lab's", async () => {
    await leaveLabBehind();
    await writeFile(join(directory, 'notes.txt'), '');
    await labDown(directory);
    expect(await readdir(directory)).toEqual(['notes.txt']);
  });

  it('refuses while another command works on the lab', async () => {
    await leaveLabBehind();
    const release = await tryLock(directory);
    await expect(labDown(directory)).rejects.toThrow(`another command is starting or stopping the lab in ${directory}`);
    await release?.();
    expect(await labDown(directory)).toBe(true);
  });

  it('does nothing where there is no lab, as often as one likes', async () => {
    expect(await labDown(directory)).toBe(false);
    expect(await labDown(join(directory, 'nowhere'))).toBe(false);
  });
});

describe('labStatus', () => {
  it('shows the parts of an ended lab as stopped', async () => {
    await leaveLabBehind();
    expect(await labStatus(directory)).toMatchObject({
      phase: 'ended',
      parts: [{ name: 'etcd-rome', pid: null, state: 'stopped' }],
    });
  });

  it('says how to start one where there is none', async () => {
    await expect(labStatus(directory)).rejects.toThrow(/leafway lab up --dir/);
  });
});
