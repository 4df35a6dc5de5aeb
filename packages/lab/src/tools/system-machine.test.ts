import { chmod, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemMachine } from './system-machine.ts';

const machine = createSystemMachine();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leafway-machine-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('running commands', () => {
  test('both outputs and the exit code are told', async () => {
    const answer = await machine.run('sh', ['-c', 'echo out; echo err >&2; exit 3']);
    expect(answer).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('a command that does not exist ends with code 127', async () => {
    await expect(machine.run(join(directory, 'nothing'), [])).resolves.toMatchObject({ code: 127 });
  });

  test('the environment given is added to the own one', async () => {
    const answer = await machine.run('sh', ['-c', 'echo "$PATH $EXTRA"'], { environment: { EXTRA: 'more' } });
    expect(answer.stdout).toBe(`${process.env.PATH} more\n`);
  });

  test('a command that takes too long is ended, its helpers too', async () => {
    const answer = await machine.run('sh', ['-c', 'sleep 600 & wait'], { timeoutMs: 100 });
    expect(answer.code).not.toBe(0);
  });

  test('an abort ends the command and rejects with its reason', async () => {
    const interruption = new AbortController();
    const running = machine.run('sleep', ['600'], { signal: interruption.signal });
    interruption.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow('interrupted');
  });
});

describe('files', () => {
  test('a link is replaced by one to another target', async () => {
    const path = join(directory, 'kubectl');
    await machine.files.link('/first', path);
    await machine.files.link('/second', path);
    expect(await readlink(path)).toBe('/second');
    expect(await readdir(directory)).toEqual(['kubectl']);
  });

  test('a file becomes executable', async () => {
    const path = join(directory, 'tool');
    await writeFile(path, '');
    await chmod(path, 0o644);
    await machine.files.makeExecutable(path);
    expect(await machine.files.isExecutable(path)).toBe(true);
    expect(await machine.files.readText(join(directory, 'absent'))).toBeUndefined();
  });
});

test('a download streams into a file, with the length that the server announced', async () => {
  const server = createServer((_, response) => response.end('content')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await machine.fetch(`http://127.0.0.1:${port}/`, new AbortController().signal);
    expect(answer).toMatchObject({ status: 200, length: 7 });
    await machine.files.write(join(directory, 'download'), answer.body);
    expect(await machine.files.readText(join(directory, 'download'))).toBe('content');
  } finally {
    server.close();
  }
});
