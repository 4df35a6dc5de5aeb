import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { RunningLab } from '@leafway/lab';
import { enterFrame } from '@leafway/lab/internal';
import { childOf, killQuietly } from './process-tree.ts';

/** A program that runs beside the parts of a lab. */
export interface FrameProcess {
  /** Ends it and waits until it has ended. */
  stop(): Promise<void>;
}

/** Starts a program inside a lab's frame, in the network of this machine: it ends with the lab at the latest. */
export function startInFrame(lab: RunningLab, command: readonly string[], log: string): FrameProcess {
  const [executable = '', ...args] = [...enterFrame(lab.frame), ...command];
  const output = openSync(log, 'a');
  const child = spawn(executable, args, { stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = once(child, 'exit');
  return {
    stop: async () => {
      // The child waits outside for the program itself.
      const inside = child.pid === undefined ? undefined : childOf(child.pid);
      if (inside === undefined) child.kill();
      else killQuietly(inside, 'SIGTERM');
      await ended;
    },
  };
}
