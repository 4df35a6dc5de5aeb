import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What the network test needs of this machine, or the first thing that is missing. */
export type NetworkTools = { readonly wireguardGo: string } | { readonly missing: string };

/** Looks for wireguard-go in LEAFWAY_TOOLS and on the PATH, for the commands on the PATH, and for what may be done. */
export function findNetworkTools(env: NodeJS.ProcessEnv = process.env): NetworkTools {
  const path = (env.PATH ?? '').split(delimiter);
  const find = (name: string, folders: readonly string[]): string | undefined =>
    folders.map((folder) => join(folder, name)).find((file) => isAllowed(file, constants.X_OK));
  for (const command of ['unshare', 'ip', 'nft', 'wg']) {
    if (find(command, [...path, '/usr/sbin', '/sbin']) === undefined)
      return { missing: `the command ${command} is not on the PATH` };
  }
  const wireguardGo = find('wireguard-go', [env.LEAFWAY_TOOLS ?? '', ...path]);
  if (wireguardGo === undefined) return { missing: 'wireguard-go is neither in LEAFWAY_TOOLS nor on the PATH' };
  if (!isAllowed('/dev/net/tun', constants.R_OK | constants.W_OK)) return { missing: '/dev/net/tun cannot be opened' };
  try {
    execFileSync('unshare', ['-Urmpf', '--kill-child', '--mount-proc', 'unshare', '-n', 'true'], { stdio: 'pipe' });
  } catch (error) {
    return { missing: `this user may not make namespaces: ${(error as Error).message}` };
  }
  return { wireguardGo };
}

function isAllowed(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

/** The shell stays as the first process and reaps what others leave; whatever is left ends with it. */
const firstProcess = 'mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir -p /run/netns && "$@"; exit $?';

/** Runs a program of this package in a frame of its own and resolves with the JSON document that it printed. */
export async function runInFrame(program: string, args: readonly string[], timeoutMs: number): Promise<unknown> {
  const node = [process.execPath, '--conditions=@leafway/source', program, ...args];
  const child = spawn(
    'unshare',
    ['-Urmpf', '--kill-child', '--mount-proc', 'sh', '-c', firstProcess, 'frame', ...node],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    },
  );
  const [printed, complained] = [text(child.stdout), text(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${await complained}`);
  return JSON.parse(await printed);
}
