import { delimiter, join } from 'node:path';
import type { Tool } from './catalogue.ts';
import type { Machine } from './ports.ts';
import { isSameMinor } from './versions.ts';

/** The outcome of one means for one tool; a refusal says why, for the person who will have to help. */
export type Attempt = { readonly path: string } | { readonly refusal: string };

const versionTimeoutMs = 15_000;

/** Asks a binary for its version; undefined when it does not run or is something else. */
export async function versionOf(tool: Tool, path: string, machine: Machine): Promise<string | undefined> {
  const answer = await machine.run(path, tool.versionArguments, { timeoutMs: versionTimeoutMs });
  return answer.code === 0 ? tool.versionPattern.exec(answer.stdout + answer.stderr)?.[1] : undefined;
}

/** A tool in one directory, taken when it has the pinned minor version. */
async function findInDirectory(tool: Tool, directory: string, machine: Machine): Promise<Attempt> {
  const path = join(directory, tool.name);
  if (!(await machine.files.isExecutable(path))) return { refusal: `not in ${directory}` };
  const version = await versionOf(tool, path, machine);
  if (version === undefined) return { refusal: `${path} does not tell its version` };
  if (tool.version !== undefined && !isSameMinor(version, tool.version)) {
    return { refusal: `${path} is version ${version}` };
  }
  return { path };
}

/** Looks into the directory that `KUBEBUILDER_ASSETS` names. */
export async function findInAssets(tool: Tool, machine: Machine): Promise<Attempt> {
  const directory = machine.environment.KUBEBUILDER_ASSETS;
  if (directory === undefined || directory === '') return { refusal: 'KUBEBUILDER_ASSETS is not set' };
  return await findInDirectory(tool, directory, machine);
}

/** Looks through PATH for the first binary of the pinned minor version. */
export async function findInPath(tool: Tool, machine: Machine): Promise<Attempt> {
  const refusals: string[] = [];
  for (const directory of pathDirectories(machine)) {
    const attempt = await findInDirectory(tool, directory, machine);
    if ('path' in attempt) return attempt;
    if (!attempt.refusal.startsWith('not in')) refusals.push(attempt.refusal);
  }
  return { refusal: refusals.length > 0 ? refusals.join(', ') : 'not in PATH' };
}

/** Looks into the cache, where only the very version that is pinned will do: another one is left from an older pin. */
export async function findInCache(tool: Tool, directory: string, machine: Machine): Promise<Attempt> {
  const path = join(directory, tool.name);
  if (!(await machine.files.isExecutable(path))) return { refusal: `not in ${directory}` };
  const version = await versionOf(tool, path, machine);
  const isCurrent = tool.version === undefined ? version !== undefined : version === tool.version;
  return isCurrent ? { path } : { refusal: `${path} is version ${version ?? 'unknown'}` };
}

/** The directories of PATH, with those of the administrator, which ordinary users of Debian do not have in it. */
export function pathDirectories(machine: Machine): string[] {
  const listed = (machine.environment.PATH ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
  return [...new Set([...listed, '/usr/sbin', '/sbin'])];
}
