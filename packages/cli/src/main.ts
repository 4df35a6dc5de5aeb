import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { isLabError, type LabTools, offerSudoHere, prepareMachine } from '@leafway/lab';
import { Command, CommanderError } from 'commander';
import { addDemoCommand } from './commands/demo.ts';
import { addLabCommands } from './commands/lab.ts';
import type { Terminal } from './terminal.ts';

const interrupted = new AbortController();
// Ctrl-C reaches every process of the group, and the one that started this may pass it on as well.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const cacheDirectory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'leafway');

const terminal: Terminal = {
  print: (line) => console.log(line),
  progress: (line) => console.error(line),
  exitWith: (code) => {
    process.exitCode = code;
  },
  resolve: (path) => resolve(path),
  labTools,
  monotonicMs: () => performance.now(),
  defaultLabDirectory: join(cacheDirectory, 'labs', 'default'),
  demoDirectory: join(cacheDirectory, 'labs', 'demo'),
  hasColour: process.stdout.isTTY === true && process.stdout.hasColors() && !process.env.NO_COLOR,
  environment: process.env,
  runtime: { execPath: process.execPath, execArgv: process.execArgv },
  signal: interrupted.signal,
};

async function labTools(): Promise<LabTools> {
  const tools = await prepareMachine({
    environment: process.env,
    output: process.stderr,
    signal: interrupted.signal,
  });
  return { ...tools, helm: findExecutable('helm') };
}

function findExecutable(name: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, name));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const program = new Command('leafway')
  .description('direct tunnels between the leaf clusters of a fleet')
  .exitOverride();
addLabCommands(program, terminal);
addDemoCommand(program, terminal);

/** What a shell expects of a command that ended by Ctrl-C. */
const interruptedExitCode = 130;

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (isLabError(error, 'LAB_NEEDS_ROOT')) process.exitCode = await offerSudoHere();
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode;
  console.error(`leafway: ${error instanceof Error ? error.message : String(error)}`);
  return isLabError(error, 'LAB_INTERRUPTED') ? interruptedExitCode : 1;
}
