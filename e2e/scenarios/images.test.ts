import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, startCommand } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AssembledImage, assembleImage, imageNames } from '../support/images/assemble-image.ts';
import { type ContainerOptions, containerCommand } from '../support/images/container-command.ts';

const parent = mkdtempSync(join(tmpdir(), 'leafway-images-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** The agent's own user is root, for its work on the network; explaining itself needs none of that. */
const user = { uid: 65_532, gid: 65_532 };

/** A program that tells what it may do. */
const selfReport = `
const { readFileSync, writeFileSync } = require('node:fs');
const status = readFileSync('/proc/self/status', 'utf8');
const attempt = (path) => { try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
console.log(JSON.stringify({
  uid: process.getuid(), gid: process.getgid(), pid: process.ppid,
  capabilities: /CapEff:\\s*(\\S+)/.exec(status)[1], mayGainMore: /NoNewPrivs:\\s*0/.test(status),
  writes: ['/app/dist/main.js', '/etc/passwd', '/new', '/tmp/new', '/run/new'].map(attempt),
}));`;

describe.each(imageNames)('the image of the %s', (name) => {
  let image: AssembledImage;
  beforeAll(async () => {
    image = await assembleImage({ name, directory: join(parent, name) });
  });

  const start = (options: ContainerOptions): Promise<CommandResult> => {
    const { command, environment } = containerCommand(image, options);
    const [program, ...args] = command;
    const { stdin, result } = startCommand('env', [
      '-i',
      ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      program,
      ...args,
    ]);
    stdin.end();
    return result;
  };

  test('explains itself to an ordinary user, on a read-only root', async () => {
    const help = await start({ args: ['--help'], user });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain(`Usage: leafway-${name} [options]`);
    expect(await start({ args: ['--version'], user })).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });

  test('gives its user no capability, and nothing that can be written to', async () => {
    const node = image.entrypoint[0] ?? '';
    const { stdout, stderr } = await start({ args: ['-e', selfReport], entrypoint: [node], user });
    expect(JSON.parse(stdout || stderr)).toEqual({
      uid: 65_532,
      gid: 65_532,
      pid: 0,
      capabilities: '0000000000000000',
      mayGainMore: false,
      writes: Array.from({ length: 5 }, () => 'EROFS'),
    });
  });

  test('is small, and carries the licences of everything that is bundled in it', () => {
    expect(statSync(join(image.root, 'app/dist/main.js')).size).toBeLessThan(12 * 1024 * 1024);
    expect(readFileSync(join(image.root, 'app/THIRD-PARTY-LICENSES'), 'utf8')).toMatch(/^commander \S+ \(MIT\)$/m);
  });
});
