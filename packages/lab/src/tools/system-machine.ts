import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { Readable } from 'node:stream';
import { tryLock } from '../lock.ts';
import type { FetchAnswer, Machine, RunOptions, RunResult } from './ports.ts';
import { createSystemFiles } from './system-files.ts';

/** The machine that this process runs on, with its environment. */
export function createSystemMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  return {
    platform: process.platform,
    architecture: process.arch,
    environment,
    homeDirectory: homedir(),
    userID: process.getuid?.() ?? -1,
    files: createSystemFiles(),
    tryLock,
    run: (command, args, options) => run(command, args, { ...environment }, options),
    fetch: fetchStream,
    monotonicMs: () => performance.now(),
    setTimer: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Runs a command in a process group of its own, so that its helpers end with it when it is given up. */
function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  options: RunOptions = {},
): Promise<RunResult> {
  const { directory, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      cwd: directory,
      env: { ...environment, ...options.environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    signal?.addEventListener('abort', end);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    const settle = (code: number): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve({ code, ...output });
    };
    child.on('error', (error) => {
      output.stderr += error.message;
      settle(127);
    });
    child.on('close', (code) => settle(code ?? 128));
  });
}

async function fetchStream(url: string, signal: AbortSignal): Promise<FetchAnswer> {
  const response = await fetch(url, { signal });
  const length = Number(response.headers.get('content-length'));
  return {
    status: response.status,
    length: length > 0 ? length : undefined,
    body: response.body ?? Readable.from([]),
  };
}
