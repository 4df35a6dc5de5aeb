import { join } from 'node:path';
import { LabError, type LabErrorCode } from '../errors.ts';
import { pathDirectories } from './find.ts';
import type { Machine, RunResult } from './ports.ts';
import type { Progress } from './progress.ts';

/** The ports of `ensureHost`. */
export interface EnsureHostOptions {
  readonly machine: Machine;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** The lab's outer frame: user, mount and PID namespaces that end with the process in them. */
const frame = ['-Urmpf', '--kill-child', '--mount-proc'];

/** Debian's package for each command that the lab runs and that a minimal machine lacks. */
const packages: Readonly<Record<string, string>> = { ip: 'iproute2', nft: 'nftables', wg: 'wireguard-tools' };

/**
 * Makes sure that this machine can carry a lab: Linux, user namespaces, a tun device, and the commands `ip`, `nft` and
 * `wg`, which are installed when this runs as root on Debian or Ubuntu.
 * Throws a `LabError` that says what is in the way and what to do about it.
 */
export async function ensureHost({ machine, progress, signal }: EnsureHostOptions): Promise<void> {
  if (machine.platform !== 'linux') {
    throw unfit('the lab needs Linux (network namespaces, WireGuard): run it on a Linux machine or in a VM.');
  }
  await ensureCommands({ machine, progress, signal });
  await checkNamespaces(machine);
  await checkTunDevice(machine);
}

async function checkNamespaces(machine: Machine): Promise<void> {
  const answer = await machine.run('unshare', [...frame, 'true'], { timeoutMs: 10_000 });
  if (answer.code !== 0) throw await namespacesRefused(machine, answer);
}

/** Settings by which distributions keep user namespaces from ordinary users, and what they are when they do not. */
const restrictions = [
  { name: 'kernel.unprivileged_userns_clone', restricts: '0', allows: '1' },
  { name: 'kernel.apparmor_restrict_unprivileged_userns', restricts: '1', allows: '0' },
];

/** Names the setting that forbids user namespaces, as far as the kernel's own files tell it. */
async function namespacesRefused(machine: Machine, answer: RunResult): Promise<LabError> {
  const refused = 'the lab runs in a user namespace, and this machine refuses one';
  const setting = async (name: string): Promise<string | undefined> =>
    (await machine.files.readText(`/proc/sys/${name.replaceAll('.', '/')}`))?.trim();

  if ((await setting('user.max_user_namespaces')) === '0')
    return unfit(`${refused}: allow it with \`sudo sysctl -w user.max_user_namespaces=10000\`.`);
  for (const { name, restricts, allows } of machine.userID === 0 ? [] : restrictions) {
    if ((await setting(name)) !== restricts) continue;
    const why = `${refused} to ordinary users (${name} is ${restricts})`;
    return unfit(
      `${why}: allow it with \`sudo sysctl -w ${name}=${allows}\`, or run this command as root.`,
      'LAB_NEEDS_ROOT',
    );
  }
  const message = answer.stderr.trim().split('\n').at(-1) ?? '';
  return unfit(
    `${refused} (${message}): in a container start it with \`--privileged\`, else run it on a machine or in a VM.`,
  );
}

async function checkTunDevice(machine: Machine): Promise<void> {
  const device = '/dev/net/tun';
  if (await machine.files.isReadableAndWritable(device)) return;
  if (await machine.files.exists(device)) {
    throw unfit(`WireGuard needs ${device}, which you may not open: allow it with \`sudo chmod 0666 ${device}\`.`);
  }
  throw unfit(
    `WireGuard needs ${device}, which is missing: load it with \`sudo modprobe tun\`, in a container start it with ` +
      `\`--device ${device}\`.`,
  );
}

async function ensureCommands(options: EnsureHostOptions): Promise<void> {
  const { machine } = options;
  const missing = await missingCommands(machine);
  if (missing.length === 0) return;
  const wanted = missing.map((command) => packages[command] ?? command);
  const install = `apt-get install ${wanted.join(' ')}`;
  const aptGet = await findCommand('apt-get', machine);
  if (machine.userID !== 0 || aptGet === undefined) {
    const how = aptGet === undefined ? `install the packages ${wanted.join(', ')}` : `run \`sudo ${install}\``;
    throw unfit(`the commands ${missing.join(', ')} are missing: ${how}.`);
  }
  await installPackages(aptGet, wanted, options);
  const still = await missingCommands(machine);
  if (still.length > 0) throw unfit(`the commands ${still.join(', ')} are missing, also after \`${install}\`.`);
}

/** Installs Debian packages; a fresh machine has no package lists yet, so that a failure first renews them. */
async function installPackages(
  aptGet: string,
  wanted: readonly string[],
  { machine, progress, signal }: EnsureHostOptions,
): Promise<void> {
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...args: string[]): Promise<RunResult> =>
    machine.run(aptGet, ['-o', 'DPkg::Lock::Timeout=120', ...args], { environment, signal });
  const install = (): Promise<RunResult> => run('install', '-y', '--no-install-recommends', ...wanted);

  const step = progress.begin(wanted.join(', '), 'installing with apt-get');
  let answer = await install();
  if (answer.code !== 0) {
    await run('update');
    answer = await install();
  }
  step.end(answer.code === 0 ? 'installed' : 'not installed');
  if (answer.code === 0) return;
  const lines = (answer.stdout + answer.stderr).trim().split('\n').slice(-8).join('\n  ');
  throw unfit(`\`apt-get install ${wanted.join(' ')}\` failed with code ${answer.code}:\n  ${lines}`);
}

async function missingCommands(machine: Machine): Promise<string[]> {
  const found = await Promise.all(Object.keys(packages).map(async (name) => [name, await findCommand(name, machine)]));
  return found.flatMap(([name, path]) => (name !== undefined && path === undefined ? [name] : []));
}

async function findCommand(name: string, machine: Machine): Promise<string | undefined> {
  for (const directory of pathDirectories(machine)) {
    const path = join(directory, name);
    if (await machine.files.isExecutable(path)) return path;
  }
  return undefined;
}

function unfit(message: string, code: LabErrorCode = 'LAB_COMMAND'): LabError {
  return new LabError(code, message);
}
