import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const frame = ['-Urm', 'sh', '-ec', 'mount -t tmpfs -o size=2m tmpfs "$0"; exec "$@"'];
const mayMount = spawnSync('unshare', ['-Urm', 'true']).status === 0;
if (!mayMount) console.log('skipped: a disk that is really full, this machine refuses user namespaces');

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-full-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs a module of this package on a disk of 2 MB, which is mounted for that process alone; what it printed. */
async function onSmallDisk(program: string): Promise<unknown> {
  const node = [process.execPath, '--conditions=@leafway/source', '--input-type=module', '--eval'];
  const { stdout } = await promisify(execFile)('unshare', [...frame, directory, ...node, program], {
    env: { ...process.env, DIRECTORY: directory, KUBEBUILDER_ASSETS: '', PATH: '/usr/bin:/bin' },
  });
  return JSON.parse(stdout);
}

const at = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

describe.skipIf(!mayMount)('a disk that is really full', () => {
  test('ends a download with one sentence, and nothing stays of it', async () => {
    const said = await onSmallDisk(`
      import { createHash } from 'node:crypto';
      import { readdirSync } from 'node:fs';
      import { ensureTools } from ${at('./ensure-tools.ts')};
      import { createSystemMachine } from ${at('./system-machine.ts')};
      const directory = process.env.DIRECTORY;
      const machine = createSystemMachine({ ...process.env, XDG_CACHE_HOME: directory });
      const content = Buffer.alloc(5_000_000, 7);
      const sum = createHash('sha256').update(content).digest('hex');
      machine.fetch = async (url) => {
        const text = url.endsWith('.sha256') ? sum : sum + '  etcd-v3.6.8-linux-amd64.tar.gz\\n';
        return { status: 200, body: (async function* () { yield /sha256/i.test(url) ? Buffer.from(text) : content; })() };
      };
      const progress = { note: () => {}, begin: () => ({ advance: () => {}, end: () => {} }) };
      const error = await ensureTools({ machine, progress, release: 'test', sources: '/nowhere' }).catch((e) => e);
      const left = readdirSync(directory, { recursive: true });
      console.log(JSON.stringify({ code: error.code, message: error.message, left: left.toSorted() }));
    `);
    const left = ['leafway', 'leafway/test', 'leafway/test/bin'];
    expect(said).toMatchObject({ code: 'LAB_DISK_FULL', left });
    expect(said).toHaveProperty(
      'message',
      expect.stringMatching(/^the disk is full: \S+\/leafway\/test has \d MB free and about 400 MB are needed there; /),
    );
  });

  test('refuses a lab before anything is written', async () => {
    const said = await onSmallDisk(`
      import { existsSync } from 'node:fs';
      import { labUp } from ${at('../commands/up.ts')};
      import { parseLabArguments } from ${at('../plan/arguments.ts')};
      const directory = process.env.DIRECTORY + '/labs/mine';
      const error = await labUp({ directory, request: parseLabArguments({}) }).catch((e) => e);
      console.log(JSON.stringify({ code: error.code, message: error.message, exists: existsSync(directory) }));
    `);
    expect(said).toMatchObject({ code: 'LAB_DISK_FULL', exists: false });
    expect(said).toHaveProperty(
      'message',
      `the disk is full: ${directory}/labs/mine has 2 MB free and about 600 MB are needed there; make room and run the ` +
        'same command again, or choose a directory on another disk with --dir.',
    );
  });
});
