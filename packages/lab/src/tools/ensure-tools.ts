import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { catalogue, type Tool, type ToolName } from './catalogue.ts';
import { findInAssets, findInCache, findInPath } from './find.ts';
import { withLock } from './lock.ts';
import { buildTools, downloadTool, type ObtainContext } from './obtain.ts';
import type { Machine } from './ports.ts';
import type { Progress } from './progress.ts';
import { building, downloading, withRoomFor } from './room.ts';

/** Where the lab's tools are: absolute paths, and one directory that has all of them by their names. */
export interface ToolPaths {
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubectl: string;
  readonly etcd: string;
  readonly helm: string;
  readonly wireguardGo: string;
  readonly directory: string;
}

/** The ports and places of `ensureTools`. */
export interface EnsureToolsOptions {
  readonly machine: Machine;
  readonly progress: Progress;
  /** The release whose cache is used: tools that another release left there may not fit. */
  readonly release: string;
  /** The folder that holds the go.mod folders of the tools. */
  readonly sources: string;
  readonly signal?: AbortSignal | undefined;
}

/** What is known about each tool so far: where it is, or why each means tried did not have it. */
class Search {
  readonly paths = new Map<ToolName, string>();
  readonly refusals = new Map<ToolName, string[]>();

  get missing(): Tool[] {
    return catalogue.filter((tool) => !this.paths.has(tool.name));
  }

  /** Tries one means for every tool that is still missing, all at once. */
  async tryEach(means: (tool: Tool) => Promise<{ path: string } | { refusal: string }>): Promise<void> {
    const attempts = this.missing.map(async (tool) => this.record(tool, await means(tool)));
    // When one failed for good the others still write: whoever cleans up comes after them.
    await Promise.allSettled(attempts);
    await Promise.all(attempts);
  }

  record(tool: Tool, attempt: { path: string } | { refusal: string }): void {
    if ('path' in attempt) this.paths.set(tool.name, attempt.path);
    else this.refusals.set(tool.name, [...(this.refusals.get(tool.name) ?? []), attempt.refusal]);
  }
}

/**
 * Makes sure of every tool that the lab needs, each by the first means that works: `KUBEBUILDER_ASSETS`, PATH, the
 * cache, the official download with checksum, a build with Go. A few seconds at most when all are there, minutes when
 * they must be built; several processes may do this at once.
 * Throws a `LabError` that says for each missing tool what was tried, and what to do.
 */
export async function ensureTools(options: EnsureToolsOptions): Promise<ToolPaths> {
  const { machine } = options;
  const cache = join(cacheRoot(machine), options.release);
  const context = { ...options, cache, directory: join(cache, 'bin'), scratch: join(cache, 'scratch') };
  return withRoomFor(downloading, context, async () => {
    const search = new Search();
    await search.tryEach((tool) => findInAssets(tool, machine));
    await search.tryEach((tool) => findInPath(tool, machine));
    await search.tryEach((tool) => findInCache(tool, context.directory, machine));
    if (search.missing.length > 0) await obtainMissing(search, context);
    if (search.missing.length > 0) throw unavailable(search);
    return await linkTogether(search, join(cache, 'tools'), machine);
  });
}

/** The folder of all of Leafway's caches, by the XDG rule. */
export function cacheRoot(machine: Machine): string {
  return join(machine.environment.XDG_CACHE_HOME || join(machine.homeDirectory, '.cache'), 'leafway');
}

async function obtainMissing(search: Search, context: ObtainContext): Promise<void> {
  const { machine, progress, cache, directory, signal } = context;
  await machine.files.makeDirectory(directory);
  const onWait = (): void => progress.note('waiting for another process, which prepares the same tools …');
  await withLock(cache, { machine, onWait, signal }, async () => {
    // Another process may have brought them while this one waited.
    await search.tryEach((tool) => findInCache(tool, directory, machine));
    if (search.missing.length === 0) return;
    const names = search.missing.map((tool) => tool.name).join(', ');
    progress.note(`fetching ${names} once; they are kept in ${directory}`);
    await withScratch(context, async () => {
      await search.tryEach((tool) => downloadTool(tool, context));
      const attempts = await withRoomFor(building, context, () => buildTools(search.missing, context));
      for (const [tool, attempt] of attempts) search.record(tool, attempt);
    });
  });
}

/** Leaves nothing unfinished behind: not of this process, and not of one that was killed. */
async function withScratch({ machine, scratch }: ObtainContext, work: () => Promise<void>): Promise<void> {
  await machine.files.remove(scratch);
  await machine.files.makeDirectory(scratch);
  try {
    await work();
  } finally {
    await machine.files.remove(scratch);
  }
}

async function linkTogether(search: Search, directory: string, machine: Machine): Promise<ToolPaths> {
  const pathOf = (name: ToolName): string => search.paths.get(name) ?? '';
  await machine.files.makeDirectory(directory);
  for (const { name } of catalogue) {
    // A tool may have been found in this very directory, when KUBEBUILDER_ASSETS or PATH name it.
    if (pathOf(name) !== join(directory, name)) await machine.files.link(pathOf(name), join(directory, name));
  }
  return {
    kubeApiserver: pathOf('kube-apiserver'),
    kubeControllerManager: pathOf('kube-controller-manager'),
    kubectl: pathOf('kubectl'),
    etcd: pathOf('etcd'),
    helm: pathOf('helm'),
    wireguardGo: pathOf('wireguard-go'),
    directory,
  };
}

function unavailable(search: Search): LabError {
  const lines = search.missing.map(({ name, version }) => {
    const reasons = [...new Set(search.refusals.get(name))].join('; ');
    return `  ${version === undefined ? name : `${name} ${version}`}: ${reasons}`;
  });
  return new LabError(
    'LAB_COMMAND',
    [
      'the lab needs these tools and could not get them:',
      ...lines,
      'Connect this machine to the internet, or install Go 1.21 or newer, or put the tools into a directory and set ' +
        'KUBEBUILDER_ASSETS to it.',
    ].join('\n'),
  );
}
