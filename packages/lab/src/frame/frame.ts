import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';
import { childrenOf, identify, isAlive, type ProcessIdentity, pidNamespaceOf } from './processes.ts';

/** The frame of a running lab: a user, mount and PID namespace that ends with its first process. */
export interface Frame {
  /** `unshare` itself, which waits outside. */
  readonly outer: ProcessIdentity;
  /** The first process inside, by its number outside. */
  readonly first: ProcessIdentity;
  /** The PID namespace, as the kernel names it. */
  readonly pidNamespace: string;
}

/**
 * What the first process of the frame does: a private `/run`, so that nothing is left on the machine, then the
 * supervisor. The shell stays as the frame's first process and reaps what others leave; when the supervisor
 * ends, however it ends, the shell ends, and with it the kernel ends everything inside.
 */
const firstProcess = `
set -e
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/wireguard
"$@" &
exec 3>&-
wait $!
`;

export interface OpeningFrame {
  /** Both ways; see `channel.ts`. */
  readonly channel: Duplex;
  /** The frame once its first process exists; throws `LAB_START_FAILED` when it does not. */
  locate(): Frame;
  /** Ends it, however far it came. */
  close(): Promise<void>;
}

/**
 * Starts `supervisor` as the only child of a new frame, detached from the terminal and from this process.
 * The network namespace stays the machine's, so that the API servers are reachable from outside.
 */
export function openFrame(input: {
  readonly supervisor: readonly string[];
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
}): OpeningFrame {
  const log = openSync(input.logFile, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(
      'unshare',
      ['-Urmpf', '--kill-child', '--mount-proc', '--', 'sh', '-c', firstProcess, 'leafway-lab', ...input.supervisor],
      { detached: true, stdio: ['ignore', log, log, 'pipe'], env: input.environment },
    );
  } finally {
    closeSync(log);
  }
  // A missing unshare is seen as a channel that closes without a word.
  child.once('error', () => {});
  child.unref();
  return {
    channel: child.stdio[3] as Duplex,
    locate: () => {
      const frame = locate(child.pid);
      if (frame === undefined)
        throw new LabError(
          'LAB_START_FAILED',
          `the frame of the lab ended while it was being opened, see ${input.logFile}`,
        );
      return frame;
    },
    close: async () => {
      const frame = locate(child.pid);
      if (frame === undefined) child.kill('SIGKILL');
      else await closeFrame(frame);
    },
  };
}

function locate(outerPid: number | undefined): Frame | undefined {
  const outer = outerPid === undefined ? undefined : identify(outerPid);
  const firstPid = outer === undefined ? undefined : childrenOf(outer.pid)[0];
  const first = firstPid === undefined ? undefined : identify(firstPid);
  const pidNamespace = first === undefined ? undefined : pidNamespaceOf(first.pid);
  if (outer === undefined || first === undefined || pidNamespace === undefined) return undefined;
  return { outer, first, pidNamespace };
}

/** Whether anything of the frame still runs. */
export function isFrameAlive(frame: Frame): boolean {
  return isAlive(frame.first) || isAlive(frame.outer);
}

/**
 * Ends everything inside a frame and waits until it is gone. The kernel does it: the first process of a PID namespace
 * takes all others along, and is itself gone only after they are.
 * @throws LabError `LAB_TIMEOUT` when a process does not end, which only one that hangs in the kernel does.
 */
export async function closeFrame(frame: Frame): Promise<void> {
  for (const identity of [frame.first, frame.outer]) {
    if (isAlive(identity)) killQuietly(identity.pid);
  }
  for (let looks = 0; isFrameAlive(frame); looks += 1) {
    if (looks > 1_000) {
      throw new LabError(
        'LAB_TIMEOUT',
        `process ${frame.first.pid} does not end; a process inside hangs in the kernel`,
      );
    }
    await sleep(20);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
