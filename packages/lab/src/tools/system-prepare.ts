import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LabError } from '../errors.ts';
import { ensureTools, type ToolPaths } from './ensure-tools.ts';
import { ensureGoModule, type GoModule } from './go-module.ts';
import { ensureGoProgram, type GoProgram } from './go-program.ts';
import { ensureHost } from './host.ts';
import { createProgress, type Progress, type ProgressOutput } from './progress.ts';
import { createSystemMachine } from './system-machine.ts';

/** What preparing this machine takes from the process. */
export interface PrepareMachineOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Where a person reads the progress: standard error, for instance. */
  readonly output: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes this machine ready for a lab and tells where the tools are: `ensureHost`, then `ensureTools`, on the real
 * machine. Quick and silent when everything is there. Throws a `LabError` that says what to do.
 */
export async function prepareMachine(options: PrepareMachineOptions): Promise<ToolPaths> {
  const sources = fileURLToPath(new URL('../../tools', import.meta.url));
  return prepare(options, async (means) => {
    await ensureHost(means);
    return await ensureTools({ ...means, sources });
  });
}

/** `ensureGoProgram` on the real machine. */
export async function prepareGoProgram(program: GoProgram, options: PrepareMachineOptions): Promise<string> {
  return prepare(options, (means) => ensureGoProgram(program, means));
}

/** `ensureGoModule` on the real machine. */
export async function prepareGoModule(module: GoModule, options: PrepareMachineOptions): Promise<string> {
  return prepare(options, (means) => ensureGoModule(module, means));
}

interface Means {
  readonly machine: ReturnType<typeof createSystemMachine>;
  readonly progress: Progress;
  readonly release: string;
  readonly signal: AbortSignal | undefined;
}

async function prepare<T>(
  { environment, output, signal }: PrepareMachineOptions,
  work: (means: Means) => Promise<T>,
): Promise<T> {
  const machine = createSystemMachine(environment);
  const progress = createProgress(outputOf(output), machine);
  // It lies beside `src` and `dist`, also in the published package.
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  try {
    return await work({ machine, progress, release: version, signal });
  } catch (error) {
    if (signal?.aborted) throw new LabError('LAB_INTERRUPTED', 'interrupted while preparing the machine');
    throw error;
  }
}

function outputOf(stream: PrepareMachineOptions['output']): ProgressOutput {
  return {
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
    write: (text) => {
      stream.write(text);
    },
  };
}
