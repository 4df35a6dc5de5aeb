import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LabError } from '../errors.ts';
import { ensureTools, type ToolPaths } from './ensure-tools.ts';
import { ensureHost } from './host.ts';
import { createProgress, type ProgressOutput } from './progress.ts';
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
export async function prepareMachine({ environment, output, signal }: PrepareMachineOptions): Promise<ToolPaths> {
  const machine = createSystemMachine(environment);
  const progress = createProgress(outputOf(output), machine);
  // Both lie beside `src` and `dist`, also in the published package.
  const packageFile = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  const sources = fileURLToPath(new URL('../../tools', import.meta.url));
  try {
    await ensureHost({ machine, progress, signal });
    return await ensureTools({ machine, progress, release: version, sources, signal });
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
