import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { ContainerCommand } from '../images/container-command.ts';
import { childOf, killQuietly } from './process-tree.ts';

/** A started container. */
export interface RunningContainer {
  /** Resolves with the exit code, 128 and the number for a signal; never rejects. */
  readonly ended: Promise<number>;
  /** Does nothing when it has ended. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/**
 * Starts a container; `enter` is the command that leads into its network. What goes wrong before its first instruction
 * is in its log too, and ends it.
 */
export function startContainer(
  { command, environment }: ContainerCommand,
  { enter, log }: { readonly enter: readonly string[]; readonly log: string },
): RunningContainer {
  const [executable = '', ...args] = [...enter, ...command];
  const output = openSync(log, 'a');
  let child: ChildProcess;
  try {
    child = spawn(executable, args, { stdio: ['ignore', output, output], env: { ...environment } });
  } finally {
    closeSync(output);
  }
  return {
    ended: new Promise<number>((resolve) => {
      child.once('error', () => resolve(128));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    }),
    signal: (name) => {
      if (child.pid === undefined) return;
      killQuietly(firstProcessOf(child.pid) ?? child.pid, name);
    },
  };
}

/** `nsenter` waits for `unshare`, which waits for the container's first process: the last of that line. */
function firstProcessOf(pid: number): number | undefined {
  const unshare = childOf(pid);
  return unshare === undefined ? undefined : childOf(unshare);
}
