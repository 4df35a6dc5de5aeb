import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { cacheRoot } from './ensure-tools.ts';
import { downloadGo, findGo } from './go.ts';
import type { GoProgramOptions } from './go-program.ts';
import { reasonOf } from './obtain.ts';
import type { Machine } from './ports.ts';

/** A published Go module of which files are wanted, not programs. */
export interface GoModule {
  /** Its path: `github.com/cert-manager/cert-manager`. */
  readonly path: string;
  /** The folder with the go.mod that names its version and the go.sum that pins its content. */
  readonly sources: string;
}

/**
 * The folder with the files of a module, read-only, which Go fetches when it has not. Throws a `LabError` with what Go
 * said.
 */
export async function ensureGoModule({ path, sources }: GoModule, options: GoProgramOptions): Promise<string> {
  const { machine, progress, release, signal } = options;
  const cache = join(cacheRoot(machine), release);
  try {
    const go = (await findGo(machine)) ?? (await downloadGo(cache, { machine, progress, signal, scratch: cache }));
    return await folderOf(path, { go, sources, machine, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new LabError('LAB_COMMAND', `the Go module ${path} could not be fetched: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

interface Means {
  readonly go: string;
  readonly sources: string;
  readonly machine: Machine;
  readonly signal: AbortSignal | undefined;
}

/** Go tells of a module that cannot be had in its answer as well as on standard error. */
async function folderOf(path: string, { go, sources, machine, signal }: Means): Promise<string> {
  const environment = { GOWORK: 'off', GOTOOLCHAIN: machine.environment.GOTOOLCHAIN ?? 'auto' };
  const options = { directory: sources, environment, signal };
  const answer = await machine.run(go, ['mod', 'download', '-json', path], options);
  const told = answer.stdout.startsWith('{') ? (JSON.parse(answer.stdout) as { Dir?: string; Error?: string }) : {};
  if (answer.code === 0 && told.Dir !== undefined) return told.Dir;
  throw new Error(told.Error ?? answer.stderr.trim());
}
