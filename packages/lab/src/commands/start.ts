import { readFile, writeFile } from 'node:fs/promises';
import { isLabError, LabError, messageOf } from '../errors.ts';
import { type OpeningFrame, openFrame } from '../frame/frame.ts';
import { withSystemTools } from '../network/run.ts';
import type { LabPlan } from '../plan/lab-plan.ts';
import type { LabLayout } from '../plan/layout.ts';
import { readMessages } from '../supervisor/channel.ts';

/** How the start is watched and stopped. */
export interface StartOptions {
  /** The environment of the caller, for PATH. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** Stops the start; everything that was started is ended. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the frame of a planned lab and follows it until the lab is ready.
 * @throws LabError `LAB_START_FAILED` or `LAB_INTERRUPTED`; then nothing of it runs.
 */
export async function startLab(layout: LabLayout, plan: LabPlan, options: StartOptions): Promise<void> {
  const logFile = layout.log('supervisor');
  const opening = openFrame({
    supervisor: [...plan.programs.supervisor, layout.directory],
    logFile,
    environment: withSystemTools(options.environment, layout.bin),
  });
  const interrupt = (): void => void opening.channel.destroy();
  options.signal?.addEventListener('abort', interrupt);
  try {
    options.signal?.throwIfAborted();
    await follow(layout, opening, options.onProgress);
  } catch (error) {
    await opening.close();
    if (options.signal?.aborted)
      throw new LabError('LAB_INTERRUPTED', 'interrupted; everything is stopped', { cause: error });
    throw isLabError(error) ? error : startFailed(layout, messageOf(error));
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    opening.channel.destroy();
  }
}

async function follow(layout: LabLayout, opening: OpeningFrame, onProgress: (text: string) => void): Promise<void> {
  for await (const message of readMessages(opening.channel)) {
    if (message.kind === 'ready') return;
    if (message.kind === 'hello') await writeFile(layout.frame, JSON.stringify(opening.locate()));
    if (message.kind === 'progress') onProgress(message.text);
    if (message.kind === 'failed') throw startFailed(layout, message.text);
  }
  throw startFailed(layout, `the supervisor ended: ${await lastLine(layout.log('supervisor'))}`);
}

function startFailed(layout: LabLayout, why: string): LabError {
  return new LabError('LAB_START_FAILED', `the lab did not start, everything is stopped: ${why}\nlogs: ${layout.logs}`);
}

async function lastLine(path: string): Promise<string> {
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  return lines.at(-1) || 'it wrote nothing';
}
