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
  /** Called when it fell silent and is killed for it: what it said last counts no more. */
  readonly onSilence: () => void;
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
/** How often we ask whether it said anything; programs beat more often than that (`heartbeat.ts`). */
const listenMs = 5_000;
/** Twice, since after a pause of our own the first look comes before the lines that wait to be read. */
const silentLooks = 2;

/**
 * Starts a program, and again whenever it ends by itself: soon at first, more and more rarely while it says nothing. One
 * that hangs, and so says nothing for 10 to 15 s, is killed and counts as ended.
 */
export function keepRunning({ exec, clock, log }: KeeperOptions, program: ChildProgram): KeptProcess {
  const { what, file, args, namespace, onLine, onStart, onSilence } = program;
  const command = ['netns', 'exec', namespace, process.execPath, ...process.execArgv, file, ...args];
  let isWanted = true;
  let restartMs = firstRestartMs;
  let cancelTimer = (): void => {};
  let child: LineProcess | undefined;
  let silence = 0;
  const listen = (): void => {
    silence += 1;
    if (silence <= silentLooks) {
      cancelTimer = clock.setTimer(listenMs, listen);
      return;
    }
    log.warn({ namespace }, `${what} hangs and is killed`);
    onSilence();
    child?.kill();
  };
  const start = (): void => {
    const started = exec.start('ip', command, (line) => {
      silence = 0;
      restartMs = firstRestartMs;
      if (isWanted) onLine(line);
    });
    child = started;
    onStart(started.send);
    silence = 0;
    cancelTimer = clock.setTimer(listenMs, listen);
    void started.ended.then((how) => {
      cancelTimer();
      if (!isWanted) return;
      log.warn({ namespace, how, restartMs }, `${what} ended and is started again`);
      cancelTimer = clock.setTimer(restartMs, start);
      restartMs = Math.min(restartMs * 2, maxRestartMs);
    });
  };
  start();
  return {
    send: (line) => child?.send(line),
    stop: () => {
      isWanted = false;
      cancelTimer();
      child?.stop();
    },
  };
}
