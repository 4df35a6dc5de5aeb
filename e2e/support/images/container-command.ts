import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AssembledImage } from './assemble-image.ts';

/** What a runtime adds to an image. */
export interface ContainerOptions {
  readonly args: readonly string[];
  /** In the place of the image's own. */
  readonly entrypoint?: readonly string[];
  /** In the place of the image's own, as `runAsUser` and `runAsGroup` of a pod. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Beside the image's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In the place of the image's own. */
  readonly workingDirectory?: string;
  /** Files and folders of this machine, by their absolute paths in the container, that can only be read. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** The same for folders that it may write to. */
  readonly writable?: Readonly<Record<string, string>>;
}

const devices = ['null', 'zero', 'random', 'urandom'];

/**
 * The first process of a container's namespaces. As root of a user namespace it may mount; the program then gets a user
 * namespace within, in which it is an ordinary user, and with its start it loses every capability.
 */
const enter = `
set -e
root=$1 uid=$2 gid=$3 directory=$4 count=$5
shift 5
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
while [ "$count" -gt 0 ]; do
  mount --rbind "$1" "$root$2"
  [ "$3" = rw ] || mount -o remount,bind,ro,nosuid,nodev "$root$2"
  count=$((count - 1))
  shift 3
done
mount -o remount,bind,ro,nosuid,nodev "$root"
exec setpriv --no-new-privs unshare --user --map-user="$uid" --map-group="$gid" --root="$root" --wd="$directory" -- "$@"
`;

/** How to start a container: a command and all of its environment. */
export interface ContainerCommand {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * How to start an image as a restricted pod would be: PID, mount and IPC namespaces of its own, the root read-only, no
 * capability, no way to new privileges; the network is that of whoever runs the command. It needs no rights beyond user
 * namespaces, and everything inside ends with it. Makes the mount points in the image's root.
 */
export function containerCommand(image: AssembledImage, options: ContainerOptions): ContainerCommand {
  const {
    args,
    entrypoint = image.entrypoint,
    user = image.user,
    environment = {},
    mounts = {},
    writable = {},
  } = options;
  const { workingDirectory = image.workingDirectory } = options;
  const bound = [
    ...devices.map((name) => ({ outside: `/dev/${name}`, inside: `/dev/${name}`, mode: 'rw' })),
    ...Object.entries(mounts).map(([inside, outside]) => ({ outside, inside, mode: 'ro' })),
    ...Object.entries(writable).map(([inside, outside]) => ({ outside, inside, mode: 'rw' })),
  ];
  for (const { outside, inside } of bound) makeMountPoint(outside, join(image.root, inside));
  const place = [image.root, user.uid, user.gid, workingDirectory, bound.length].map(String);
  const places = [...place, ...bound.flatMap(({ outside, inside, mode }) => [outside, inside, mode])];
  return {
    command: [
      'unshare',
      '-Urmpif',
      '--kill-child',
      '--',
      'sh',
      '-c',
      enter,
      'container',
      ...places,
      ...entrypoint,
      ...args,
    ],
    environment: { ...image.environment, ...environment },
  };
}

function makeMountPoint(outside: string, inside: string): void {
  if (statSync(outside).isDirectory()) {
    mkdirSync(inside, { recursive: true });
    return;
  }
  mkdirSync(dirname(inside), { recursive: true });
  closeSync(openSync(inside, 'a'));
}
