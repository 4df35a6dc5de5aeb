import { fileURLToPath } from 'node:url';
import type { Role } from '@leafway/core';
import { type KeeperOptions, type KeptProcess, keepRunning } from '../child/keep-running.ts';
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

/** Who is told how each tunnel does, and the ports. */
export interface PingerOptions extends KeeperOptions {
  readonly onReport: (remoteClusterID: string, report: PingReport) => void;
  /** The process of that tunnel hung, and another one takes its place: nothing is known until that one reports. */
  readonly onSilence: (remoteClusterID: string) => void;
}

/**
 * Another program of this package: in the sources, built, and bundled into the one file of an image it lies in the
 * folder of this name beside the folder of the code that runs, with the same ending.
 */
const file = fileURLToPath(
  new URL(`../ping/main${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`, import.meta.url),
);

/** A pinger; each target's process starts when it is asked for. */
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
      running.set(target.remoteClusterID, { target, ...startPinging(options, target) });
    },
    begin: (remoteClusterID) => running.get(remoteClusterID)?.begin(),
    stop,
    stopAll: () => {
      for (const id of [...running.keys()]) stop(id);
    },
  };
}

interface PingProcess extends Pick<KeptProcess, 'stop'> {
  begin(): void;
}

function startPinging(options: PingerOptions, { namespace, role, remoteClusterID }: PingTarget): PingProcess {
  const { own, peer } = pingAddresses(role);
  let hasBegun = false;
  const child = keepRunning(options, {
    what: `the ping process of ${remoteClusterID}`,
    file,
    args: [own, peer, remoteClusterID],
    namespace,
    onLine: (line) => {
      const report = decodeReport(line);
      if (report !== undefined) options.onReport(remoteClusterID, report);
    },
    onStart: (send) => {
      if (hasBegun) send('begin');
    },
    onSilence: () => options.onSilence(remoteClusterID),
  });
  return {
    begin: () => {
      hasBegun = true;
      child.send('begin');
    },
    stop: child.stop,
  };
}
