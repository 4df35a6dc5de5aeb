import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isLabError, type LabTools, prepareMachine } from '@leafway/lab';
import { offerSudoHere } from '@leafway/lab/internal';
import { type ClusterConnection, createKubeApi, parseKubeconfig, systemClock, systemRandom } from '@leafway/reconciler';
import { CommanderError } from 'commander';
import { CliError } from './errors.ts';
import { createProgram } from './program.ts';
import { confirmHere } from './system-confirm.ts';
import { connectionOf } from './system-connection.ts';
import type { OpenApi, Terminal } from './terminal.ts';

const interrupted = new AbortController();
// Ctrl-C reaches every process of the group, and the one that started this may pass it on as well.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());
// Whoever reads may have read enough, like `head`.
process.stdout.on('error', () => process.exit());

const cacheDirectory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'leafway');

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

const terminal: Terminal = {
  version: (JSON.parse(manifest) as { version: string }).version,
  print: (line) => console.log(line),
  progress: (line) => console.error(line),
  exitWith: (code) => {
    process.exitCode = code;
  },
  resolve: (path) => resolve(path),
  readText: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
  connect: (options) => openApi(connectionOf(options, process.env)),
  connectStrictly: (kubeconfig) => openApi(parseKubeconfig(kubeconfig)),
  connectTo: (connection, cluster) => createKubeApi(connection, { cluster, userAgent: 'leafway' }),
  confirm: (question) => confirmHere(question, interrupted.signal),
  labTools,
  monotonicMs: () => performance.now(),
  clock: systemClock,
  random: systemRandom,
  defaultLabDirectory: join(cacheDirectory, 'labs', 'default'),
  demoDirectory: join(cacheDirectory, 'labs', 'demo'),
  hasColour: process.stdout.isTTY === true && process.stdout.hasColors() && !process.env.NO_COLOR,
  environment: process.env,
  runtime: { execPath: process.execPath, execArgv: process.execArgv },
  signal: interrupted.signal,
};

function openApi(connection: ClusterConnection): OpenApi {
  const api = createKubeApi(connection, { userAgent: 'leafway' });
  return { api, server: connection.server, connection, close: () => api.close() };
}

async function labTools(): Promise<LabTools> {
  return await prepareMachine({
    environment: process.env,
    output: process.stderr,
    signal: interrupted.signal,
  });
}

try {
  await createProgram(terminal).parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (isLabError(error, 'LAB_NEEDS_ROOT')) process.exitCode = await offerSudoHere();
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already; all it complains about is how it was called.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(`leafway: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof CliError) return error.exitCode;
  return isLabError(error, 'LAB_INTERRUPTED') ? 130 : 1;
}
