import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { RunningLab } from '@leafway/lab';
import { pidOf } from './parts.ts';

/** A second process of a part of a lab, which the lab knows nothing of. */
export interface Twin {
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts another process like a part of the lab: with its command line, in which the given flags are others, and with
 * those that it has besides. What it prints goes to `<name>.log` in the directory.
 */
export async function startTwin(
  lab: RunningLab,
  part: string,
  own: {
    readonly name: string;
    readonly directory: string;
    readonly flags: Readonly<Record<string, string>>;
    readonly besides?: readonly string[];
  },
): Promise<Twin> {
  const commandLine = readFileSync(`/proc/${await pidOf(lab, part)}/cmdline`, 'utf8')
    .split('\0')
    .slice(0, -1);
  const [executable = '', ...args] = [...withFlags(commandLine, own.flags), ...(own.besides ?? [])];
  const log = openSync(join(own.directory, `${own.name}.log`), 'a');
  const child = spawn(executable, args, { stdio: ['ignore', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  return { stop: () => endProcess(child) };
}

/** Throws when the command line lacks a flag: then it is another part than was thought. */
function withFlags(commandLine: readonly string[], flags: Readonly<Record<string, string>>): string[] {
  const changed = [...commandLine];
  for (const [flag, value] of Object.entries(flags)) {
    const index = changed.findIndex((argument) => argument.startsWith(`${flag}=`));
    if (index < 0) throw new Error(`${commandLine.join(' ')} has no flag ${flag}`);
    changed[index] = `${flag}=${value}`;
  }
  return changed;
}

/** Ends a process that was started, and waits until it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** A port that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}
