import { fileURLToPath } from 'node:url';
import type { Role } from '@leafway/core';
import type { Clock, Logger } from '@leafway/reconciler';
import type { Exec, LineProcess } from '../exec.ts';
import { pingAddresses } from '../routing/commands.ts';
import { decodeReport } from './report.ts';
import type { PingReport } from './session.ts';

/** Where and in which role to ping. */
export interface PingTarget {
  readonly remoteClusterID: string;
  readonly namespace: string;
  readonly role: Role;
}

/** Keeps one ping process in each gateway. */
export interface Pinger {
  /** Gets a process ready in the gateway; one that is already there goes on undisturbed. */
  ensure(target: PingTarget): void;
  /** The tunnel may carry packets now: ping it at once, and from now on. */
  begin(remoteClusterID: string): void;
  stop(remoteClusterID: string): void;
  stopAll(): void;
}

export interface PingerOptions {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onReport: (remoteClusterID: string, report: PingReport) => void;
}

const restartMs = 500;

/** The other program of this package: built or not, it lies beside this file with the same ending. */
const program = fileURLToPath(
  new URL(`main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
);

export function createPinger(options: PingerOptions): Pinger {
  const running = new Map<string, PingProcess & { readonly target: PingTarget }>();
  const stop = (remoteClusterID: string): void => {
    running.get(remoteClusterID)?.stop();
    running.delete(remoteClusterID);
  };
  return {
    ensure: (target) => {
      const current = running.get(target.remoteClusterID)?.target;
      if (current?.role === target.role && current.namespace === target.namespace) return;
      stop(target.remoteClusterID);
      running.set(target.remoteClusterID, { target, ...keepRunning(options, target) });
    },
    begin: (remoteClusterID) => running.get(remoteClusterID)?.begin(),
    stop,
    stopAll: () => {
      for (const id of [...running.keys()]) stop(id);
    },
  };
}

interface PingProcess {
  begin(): void;
  stop(): void;
}

/** Starts the process, again whenever it ends by itself. */
function keepRunning({ exec, clock, log, onReport }: PingerOptions, target: PingTarget): PingProcess {
  const { own, peer } = pingAddresses(target.role);
  const command = [process.execPath, ...process.execArgv, program, own, peer, target.remoteClusterID];
  let isWanted = true;
  let hasBegun = false;
  let cancelRestart = (): void => {};
  let child: LineProcess | undefined;
  const start = (): void => {
    child = exec.start('ip', ['netns', 'exec', target.namespace, ...command], (line) => {
      const report = decodeReport(line);
      if (isWanted && report !== undefined) onReport(target.remoteClusterID, report);
    });
    if (hasBegun) child.send('begin');
    void child.ended.then((how) => {
      if (!isWanted) return;
      log.warn({ gateway: target.remoteClusterID, how }, 'the ping process ended and is started again');
      cancelRestart = clock.setTimer(restartMs, start);
    });
  };
  start();
  return {
    begin: () => {
      hasBegun = true;
      child?.send('begin');
    },
    stop: () => {
      isWanted = false;
      cancelRestart();
      child?.stop();
    },
  };
}
