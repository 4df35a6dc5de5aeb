import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { childOf, killQuietly } from './process-tree.ts';
import { layOut, type Mount } from './root-layout.ts';

/** Everything that is decided about a process before it starts. */
export interface ContainerPlan {
  readonly imageRoot: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly user: number;
  readonly group: number;
  readonly mounts: readonly Mount[];
}

/** Where it runs: the command that leads into its network, an empty directory for its root, and its log. */
export interface ContainerPlace {
  readonly enter: readonly string[];
  readonly root: string;
  readonly log: string;
}

export interface RunningContainer {
  /** Resolves with the exit code, 128 and the number for a signal; never rejects. */
  readonly ended: Promise<number>;
  /** Does nothing when it has ended. */
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
}

/** Where this machine has what starts containers. */
export interface ContainerTools {
  readonly env: string;
  readonly setpriv: string;
  readonly unshare: string;
}

/**
 * Lays the root out in a mount namespace of its own, by the steps on standard input, and becomes the command. The
 * first argument is the root.
 */
const prepareRoot = `
set -e
root=$1
shift
mount --make-rprivate /
mount -t tmpfs -o mode=755,size=1m tmpfs "$root"
tab=$(printf '\\t')
while IFS="$tab" read -r step a b; do
  case $step in
    dir) mkdir -p "$root$a" ;;
    file) mkdir -p "$(dirname "$root$a")"; [ -e "$root$a" ] || : > "$root$a" ;;
    link) ln -s "$b" "$root$a" ;;
    bind) mount --bind "$a" "$root$b" ;;
    bind-ro) mount --bind "$a" "$root$b"; mount -o remount,bind,ro "$root$b" ;;
  esac
done
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -o remount,ro "$root"
exec "$@" < /dev/null
`;

/**
 * The user's number by a user namespace, since one who is not the machine's root may be given no other; without any
 * capability and with no way to new ones.
 */
function becomeUser({ user, group, workingDir }: ContainerPlan, root: string): string[] {
  return ['--user', `--map-user=${user}`, `--map-group=${group}`, `--root=${root}`, `--wd=${workingDir}`, '--'];
}

/** Starts a container; what goes wrong before its first instruction is in its log, and ends it. */
export function startContainer(plan: ContainerPlan, place: ContainerPlace, tools: ContainerTools): RunningContainer {
  const variables = Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`);
  const [executable = '', ...args] = [
    ...place.enter,
    ...[tools.unshare, '--mount', '--pid', '--ipc', '--uts', '--fork', '--'],
    ...['sh', '-c', prepareRoot, 'container', place.root],
    ...[tools.env, '-i', ...variables, tools.setpriv, '--no-new-privs', tools.unshare],
    ...becomeUser(plan, place.root),
    ...plan.command,
  ];
  const log = openSync(place.log, 'a');
  let child: ChildProcess;
  try {
    child = spawn(executable, args, { stdio: ['pipe', log, log] });
  } finally {
    closeSync(log);
  }
  child.stdin?.on('error', () => {});
  child.stdin?.end(
    layOut(plan.imageRoot, plan.mounts)
      .map((step) => `${step.join('\t')}\n`)
      .join(''),
  );
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(128));
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  return {
    ended,
    signal: (name) => {
      const pid = firstProcessOf(child.pid);
      if (pid === undefined) child.kill(name);
      else killQuietly(pid, name);
    },
  };
}

/** `nsenter` waits for `unshare`, which waits for the container's first process: the last of that line. */
function firstProcessOf(pid: number | undefined): number | undefined {
  const unshare = pid === undefined ? undefined : childOf(pid);
  return unshare === undefined ? undefined : childOf(unshare);
}
