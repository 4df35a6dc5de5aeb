import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type AssembledImage,
  assembleImage,
  type ImageName,
  imageNames,
  readDockerfile,
} from '../support/images/assemble-image.ts';
import { type ContainerOptions, containerCommand } from '../support/images/container-command.ts';
import { parseDockerfile } from '../support/images/dockerfile.ts';
import { answering } from '../support/lab/replicated-centre.ts';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { endProcess, freePort } from '../support/lab/twins.ts';
import { publishedPackages, repository } from '../support/packages/published-packages.ts';
import { type Printed, runToEnd } from '../support/run-to-end.ts';

const parent = mkdtempSync(join(tmpdir(), 'leafway-images-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const version = publishedPackages[0]?.manifest.version;

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

  const run = (options: ContainerOptions): Promise<Printed> => {
    const { command, environment } = containerCommand(image, options);
    const [program, ...args] = command;
    return runToEnd(program, args, { env: environment });
  };

  test('explains itself to an ordinary user, on a read-only root', async () => {
    const help = await run({ args: ['--help'], user });
    expect(help.stderr).toBe('');
    expect(help.stdout).toContain(`Usage: leafway-${name} [options]`);
    expect(await run({ args: ['--version'], user })).toEqual({ stdout: `${version}\n`, stderr: '' });
  });

  test('gives its user no capability, and nothing that can be written to', async () => {
    const node = image.entrypoint[0] ?? '';
    const { stdout } = await run({ args: ['-e', selfReport], entrypoint: [node], user });
    expect(JSON.parse(stdout)).toEqual({
      uid: 65_532,
      gid: 65_532,
      pid: 0,
      capabilities: '0000000000000000',
      mayGainMore: false,
      writes: Array.from({ length: 5 }, () => 'EROFS'),
    });
  });

  test('has a Dockerfile whose parts are all pinned, copied from what is there, and without secrets', async () => {
    const stages = parseDockerfile(await readDockerfile(name));
    for (const { image, tag, digest } of stages) {
      expect({ image, tag, digest }).toMatchObject({
        tag: expect.not.stringContaining('latest') as string,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      });
    }
    const instructions = stages.flatMap((stage) => stage.instructions);
    expect(instructions.filter(({ keyword }) => ['ADD', 'CMD', 'MAINTAINER'].includes(keyword))).toEqual([]);
    expect(instructions.filter(({ text }) => /secret|token|password|_KEY/i.test(text))).toEqual([]);
    for (const { keyword, flags, text } of instructions) {
      const [from = ''] = text.split(' ');
      if (keyword === 'COPY' && flags.from === undefined) expect(existsSync(join(repository, from)), text).toBe(true);
      if (keyword === 'COPY' && flags.from !== undefined)
        expect(stages.map((stage) => stage.name)).toContain(flags.from);
    }
    expect(stages.at(-1)?.instructions.map(({ keyword }) => keyword)).toEqual(
      expect.arrayContaining(['USER', 'ENTRYPOINT']),
    );
    expect(image.user).toEqual(name === 'agent' ? { uid: 0, gid: 0 } : user);
  });

  test('is small, and carries the licences of everything that is bundled in it', () => {
    expect(statSync(join(image.root, 'app/dist/main.js')).size).toBeLessThan(12 * 1024 * 1024);
    expect(readFileSync(join(image.root, 'app/THIRD-PARTY-LICENSES'), 'utf8')).toMatch(/^commander \S+ \(MIT\)$/m);
  });
});

describe('a container of an assembled image', () => {
  const containers: ChildProcess[] = [];
  afterAll(() => Promise.all(containers.map(endProcess)));

  /** Starts it with what a pod would give it, and waits until it says that it is ready. */
  async function startReady(name: ImageName, lab: RunningLab, flags: readonly string[]): Promise<void> {
    const image = await assembleImage({ name, directory: join(parent, `${name}-serving`) });
    const port = await freePort();
    const files = lab.layout.cluster(lab.centre);
    const { command, environment } = containerCommand(image, {
      args: [
        '--kubeconfig=/etc/leafway/kubeconfig',
        `--health-listen=127.0.0.1:${port}`,
        `--cluster-id=${lab.centre}`,
        ...flags,
      ],
      mounts: { '/etc/leafway/kubeconfig': files.credential(name), '/etc/leafway/tls': files.pki },
    });
    const [program, ...args] = command;
    containers.push(spawn(program, args, { env: environment, stdio: 'ignore' }));
    for (const path of ['healthz', 'readyz']) {
      await answering(async () => (await fetch(`http://127.0.0.1:${port}/${path}`)).ok);
    }
  }

  test('serves as the webhook of a real API server', async () => {
    const tls = ['--tls-cert=/etc/leafway/tls/webhook.crt', '--tls-key=/etc/leafway/tls/webhook.key'];
    await startReady('webhook', await sharedLab(), ['--listen=127.0.0.1:0', ...tls]);
  });

  test('follows a real API server as a second controller', async () => {
    await startReady('controller', await sharedLab(), ['--identity=image']);
  });
});
