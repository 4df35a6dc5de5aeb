import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareMachine } from '@leafway/lab';
import { addPackages, installProgram, layBaseImage } from './base-image.ts';
import { type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';

/** The images of a release. */
export const imageNames = ['webhook', 'controller', 'agent'] as const;
export type ImageName = (typeof imageNames)[number];

/** A root file system, and how its Dockerfile says that it is started. */
export interface AssembledImage {
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly user: { readonly uid: number; readonly gid: number };
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
}

const thisCheckout = join(import.meta.dirname, '../../..');
const run = promisify(execFile);

/** The text of an image's Dockerfile. */
export function readDockerfile(name: ImageName, checkout = thisCheckout): Promise<string> {
  return readFile(join(checkout, 'images', `${name}.Dockerfile`), 'utf8');
}

/**
 * Makes in `directory` the root file system that an image would have, without a container engine: the commands of the
 * build stages are run in the checkout, this one by default, the instructions of the last stage are carried out one by
 * one, and the part of the base image comes from this machine. An instruction that is not understood is an error, never
 * passed over.
 */
export async function assembleImage(options: {
  readonly name: ImageName;
  readonly directory: string;
  readonly checkout?: string | undefined;
}): Promise<AssembledImage> {
  const { name, directory: root, checkout = thisCheckout } = options;
  const stages = parseDockerfile(await readDockerfile(name, checkout));
  const last = stages.at(-1);
  if (last === undefined) throw new Error(`the Dockerfile of ${name} has no stage`);
  await mkdir(root, { recursive: true });
  await layBaseImage(last.image, root);
  const image = { entrypoint: [''], user: { uid: 0, gid: 0 }, workingDirectory: '/' };
  const environment: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  for (const instruction of last.instructions) {
    const { keyword, text } = instruction;
    if (keyword === 'COPY') await copy(instruction, stages, { root, checkout });
    else if (keyword === 'RUN') await addPackages(packagesOf(text), root);
    else if (keyword === 'WORKDIR') image.workingDirectory = text;
    else if (keyword === 'ENTRYPOINT') image.entrypoint = JSON.parse(text) as string[];
    else if (keyword === 'ENV') Object.assign(environment, Object.fromEntries([text.split('=', 2)]));
    else if (keyword === 'USER') image.user = readUser(text);
    else throw new Error(`${keyword} of the last stage is not understood: ${text}`);
  }
  return { root, environment, ...image };
}

function packagesOf(command: string): string[] {
  const [, names] = /^apk add --no-cache ([\w +.-]+)$/.exec(command) ?? [];
  if (names === undefined) throw new Error(`RUN of the last stage is not understood: ${command}`);
  return names.split(' ');
}

function readUser(text: string): { uid: number; gid: number } {
  const [uid = Number.NaN, gid = Number.NaN] = text.split(':').map(Number);
  if (Number.isNaN(uid + gid))
    throw new Error(`USER ${text} is not two numbers, which Kubernetes needs to see a non-root user`);
  return { uid, gid };
}

async function copy(
  { flags, text }: Instruction,
  stages: readonly Stage[],
  { root, checkout }: { readonly root: string; readonly checkout: string },
): Promise<void> {
  const [from = '', to = ''] = text.split(' ');
  const stage = stages.find(({ name }) => name === flags.from);
  if (stage === undefined) throw new Error(`COPY ${text} is from no stage of the file`);
  const target = join(root, to);
  if (stage.image === 'node' && from.endsWith('/node')) return installProgram(process.execPath, root, to);
  if (stage.image === 'golang') return installProgram(await builtTool(from), root, to);
  await mkdir(target, { recursive: true });
  await runBuild(stage, checkout, [from, target]);
}

/** The lab's tools are built from the same go.mod files, with the same flags. */
async function builtTool(path: string): Promise<string> {
  if (!path.endsWith('/wireguard-go')) throw new Error(`${path} is no tool of the lab`);
  return (await prepareMachine({ environment: process.env, output: process.stderr })).wireguardGo;
}

/** Runs what the stage runs, with `output` in the place of `/out`; the packages are installed already. */
async function runBuild(stage: Stage, checkout: string, [out, output]: readonly [string, string]): Promise<void> {
  const commands = stage.instructions.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
  for (const command of commands) {
    if (command.startsWith('npm ci')) continue;
    const [program = '', ...args] = command.split(' ').map((word) => (word === out ? output : word));
    await run(program === 'node' ? process.execPath : program, args, { cwd: checkout });
  }
}
