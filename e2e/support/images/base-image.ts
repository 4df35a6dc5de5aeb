import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** Where Node is in the base images that bring it. */
const nodeOf: Readonly<Record<string, string>> = {
  'gcr.io/distroless/nodejs24-debian13': '/nodejs/bin/node',
};

/** What `RUN` may ask for in a final stage: the commands of each package of Alpine that the programs use. */
const commandsOf: Readonly<Record<string, readonly string[]>> = {
  'iproute2-minimal': ['ip'],
  'libstdc++': [],
  nftables: ['nft'],
  'util-linux-misc': ['unshare'],
  'wireguard-tools-wg': ['wg'],
};

/** Those that the programs use of Alpine's own base. */
const shellCommands = ['sh', 'cat', 'mount'];

const accounts = [
  ['etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n'],
  ['etc/group', 'root:x:0:\nnonroot:x:65532:\n'],
  ['etc/nsswitch.conf', 'hosts: files dns\n'],
] as const;

/**
 * Lays into `root` what a base image would bring, from this machine's own parts: accounts, certificate authorities, the
 * mount points that a runtime fills, and Node or a shell with the libraries that they need.
 */
export async function layBaseImage(image: string, root: string): Promise<void> {
  for (const folder of ['dev', 'etc/ssl/certs', 'proc', 'run', 'sys', 'tmp', 'var']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  for (const [file, text] of accounts) await writeFile(join(root, file), text);
  for (const file of ['etc/hosts', 'etc/resolv.conf', 'etc/hostname']) await writeFile(join(root, file), '');
  await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), rootCertificates.join('\n'));
  const node = nodeOf[image];
  if (node !== undefined) return installProgram(process.execPath, root, node);
  if (image !== 'alpine') throw new Error(`nothing is known of the base image ${image}`);
  for (const command of shellCommands) await installCommand(command, root);
}

/** Does what `apk add` would do in a final stage, with this machine's own commands. */
export async function addPackages(names: readonly string[], root: string): Promise<void> {
  for (const name of names) {
    const commands = commandsOf[name];
    if (commands === undefined) throw new Error(`nothing is known of the package ${name}`);
    for (const command of commands) await installCommand(command, root);
  }
}

async function installCommand(name: string, root: string): Promise<void> {
  await installProgram(await realpath(find(name)), root, `/usr/bin/${name}`);
}

function find(name: string): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) throw new Error(`this machine has no ${name}`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Copies a program to `path` in `root`, and every library that it is linked to. */
export async function installProgram(program: string, root: string, path: string): Promise<void> {
  for (const [from, to] of [[program, path], ...librariesOf(program).map((library) => [library, library])] as const) {
    const target = join(root, to);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(await realpath(from), target);
    await chmod(target, 0o755);
  }
}

/** Absolute paths, the loader included; none for a program that is linked statically. */
function librariesOf(program: string): string[] {
  try {
    const answer = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return [...answer.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path = '']) => path);
  } catch (error) {
    if (String((error as { stderr?: string }).stderr).includes('not a dynamic executable')) return [];
    throw error;
  }
}
