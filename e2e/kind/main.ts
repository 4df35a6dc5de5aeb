/**
 * Runs Leafway on three real clusters in Docker: `npm run e2e:kind`. Exit code 0: it works; 1: it does not; 2: it was not
 * called as it has to be; 3: this machine lacks Docker or another tool; 130: it was interrupted.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, runStory, type StoryPorts } from './run-story.ts';
import { diagnostics, story } from './story.ts';
import { cannotRunHere, whatIsMissing } from './tools.ts';

const help = `Usage: npm run e2e:kind

Creates three kind clusters with the same ranges, installs Liqo, cert-manager and Leafway from this folder, links two
leaves, lets pods of Liqo's replicated deployment talk directly, also while the centre stands still, and takes everything
down again, also after a failure. It takes about a quarter of an hour, 8 GiB of memory, Linux, and the internet.

Exit codes: 0 it works, 1 it does not, 2 wrong arguments, 3 Docker, kind, kubectl, helm or liqoctl is missing, 130 interrupted.`;

const repository = join(import.meta.dirname, '../..');
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const ports: StoryPorts = {
  exec,
  write: (file, content) => writeFile(file, content, { mode: 0o600 }),
  say: (line) => console.log(line),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  now: () => performance.now(),
};

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    const isHelp = args.every((arg) => arg === '--help' || arg === '-h');
    console[isHelp ? 'log' : 'error'](help);
    return isHelp ? 0 : 2;
  }
  const missing = await whatIsMissing(ports);
  if (missing !== undefined) {
    console.error(missing);
    return cannotRunHere;
  }
  const directory = await mkdtemp(join(tmpdir(), 'leafway-kind-'));
  const places = {
    repository,
    directory,
    leafway: [process.execPath, join(repository, 'packages/cli/bin/leafway.js')],
  };
  try {
    await runStory(story(places), ports, { signal: interrupted.signal, diagnostics: diagnostics(places) });
    console.log('Leafway works on kind.');
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return interrupted.signal.aborted ? 130 : 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** In a process group of its own, so that Ctrl-C reaches this program alone, which ends the whole group. */
function exec([program = '', ...args]: readonly string[], signal?: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = (): void => void (child.pid === undefined || process.kill(-child.pid, 'SIGTERM'));
    signal?.addEventListener('abort', end, { once: true });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const done = (code: number, more = ''): void => {
      signal?.removeEventListener('abort', end);
      resolve({ code, stdout, stderr: `${stderr}${more}` });
    };
    child.on('error', ({ message }) => done(127, message));
    child.on('close', (code) => done(code ?? 1));
  });
}
