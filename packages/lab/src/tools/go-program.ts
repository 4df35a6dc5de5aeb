import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { cacheRoot } from './ensure-tools.ts';
import { buildWithGo, downloadGo, findGo } from './go.ts';
import { withLock } from './lock.ts';
import { reasonOf } from './obtain.ts';
import type { Machine } from './ports.ts';
import type { Progress } from './progress.ts';
import { building, withRoomFor } from './room.ts';

/** A program whose sources are at hand and which Go builds. */
export interface GoProgram {
  /** The name of its file. */
  readonly name: string;
  /** The folder with its go.mod. */
  readonly sources: string;
  /** Its package, below that folder: `./cmd`. */
  readonly package: string;
}

/** The ports and places of `ensureGoProgram`. */
export interface GoProgramOptions {
  readonly machine: Machine;
  readonly progress: Progress;
  /** The release whose cache is used. */
  readonly release: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds a program into the cache and returns its path; when it is there already and nothing has changed, which Go
 * itself judges, that takes a second. Throws a `LabError` with what the compiler said.
 */
export async function ensureGoProgram(program: GoProgram, options: GoProgramOptions): Promise<string> {
  const { machine, progress, release, signal } = options;
  const cache = join(cacheRoot(machine), release);
  const output = join(cache, 'programs', program.name);
  const context = { machine, progress, signal, cache, scratch: cache };
  const onWait = (): void => progress.note('waiting for another process, which builds the same …');
  await machine.files.makeDirectory(join(cache, 'programs'));
  return withRoomFor(building, context, () =>
    withLock(join(cache, 'programs'), { machine, onWait, signal }, async () => {
      try {
        const go = (await findGo(machine)) ?? (await downloadGo(cache, context));
        const build = { folder: '.', package: program.package, variables: {} };
        await buildWithGo(go, build, output, program.sources, context);
        return output;
      } catch (error) {
        signal?.throwIfAborted();
        throw new LabError('LAB_COMMAND', `${program.name} could not be built: ${reasonOf(error)}`, { cause: error });
      }
    }),
  );
}
