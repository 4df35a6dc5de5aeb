import type { Clock, Logger } from '@leafway/reconciler';
import type { Exec, LineProcess } from '../exec.ts';

/** The ports of what keeps a program running. */
export interface KeeperOptions {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A program of this package and where it runs. */
export interface ChildProgram {
  /** For the log: `the ping process`. */
  readonly what: string;
  readonly file: string;
  readonly args: readonly string[];
  /** The network namespace. */
  readonly namespace: string;
  /** Called for each line that it prints. */
  readonly onLine: (line: string) => void;
  /** Called each time it was started: what it must be told again. */
  readonly onStart: (send: (line: string) => void) => void;
}

/** A program that is started again whenever it ends. */
export interface KeptProcess {
  /** Tells the process that runs now; one that is started later is told by `onStart`. */
  send(line: string): void;
  /** Ends it for good. */
  stop(): void;
}

const firstRestartMs = 500;
const maxRestartMs = 30_000;

/** Starts a program, and again whenever it ends by itself: soon at first, more and more rarely while it says nothing. */
export function keepRunning({ exec, clock, log }: KeeperOptions, program: ChildProgram): KeptProcess {
  const { what, file, args, namespace, onLine, onStart } = program;
  const command = ['netns', 'exec', namespace, process.execPath, ...process.execArgv, file, ...args];
  let isWanted = true;
  let restartMs = firstRestartMs;
  let cancelRestart = (): void => {};
  let child: LineProcess | undefined;
  const start = (): void => {
    const started = exec.start('ip', command, (line) => {
      restartMs = firstRestartMs;
      if (isWanted) onLine(line);
    });
    child = started;
    onStart(started.send);
    void started.ended.then((how) => {
      if (!isWanted) return;
      log.warn({ namespace, how, restartMs }, `${what} ended and is started again`);
      cancelRestart = clock.setTimer(restartMs, start);
      restartMs = Math.min(restartMs * 2, maxRestartMs);
    });
  };
  start();
  return {
    send: (line) => child?.send(line),
    stop: () => {
      isWanted = false;
      cancelRestart();
      child?.stop();
    },
  };
}
