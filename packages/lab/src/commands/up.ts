import { mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { systemRandom } from '@leafway/reconciler';
import { isLabError, LabError, messageOf } from '../errors.ts';
import { type OpeningFrame, openFrame } from '../frame/frame.ts';
import { findLab, type RunningLab, readLab } from '../lab.ts';
import { withSystemTools } from '../network/run.ts';
import type { LabRequest } from '../plan/arguments.ts';
import { type LabPlan, type LabPrograms, type LabTools, planLab, portsNeeded } from '../plan/lab-plan.ts';
import { type LabLayout, layoutOf } from '../plan/layout.ts';
import { choosePorts } from '../plan/ports.ts';
import { readMessages } from '../supervisor/channel.ts';
import { removeLabFiles } from './down.ts';
import { withLabLock } from './with-lab-lock.ts';

export interface LabUpOptions {
  /** Absolute; made when it does not exist, else it must be empty or hold an ended lab. */
  readonly directory: string;
  readonly request: LabRequest;
  /** Without webhook, controller and LeafClusters. */
  readonly bare?: boolean;
  readonly tools: LabTools;
  readonly programs: LabPrograms;
  /** The directory of the charts `leafway` and `leafway-leaf`. */
  readonly charts: string;
  /** The environment of the caller, for PATH. */
  readonly environment: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
  /** Stops the start; everything that was started is ended. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a lab and returns when it is ready; it then runs on by itself until `labDown`.
 * @throws LabError when it cannot be started or was interrupted; then nothing of it runs.
 */
export async function labUp(options: LabUpOptions): Promise<RunningLab> {
  const layout = layoutOf(await prepareDirectory(options.directory));
  return withLabLock(layout.directory, async () => {
    await clearEndedLab(layout.directory);
    try {
      const plan = await writePlan(layout, options);
      options.onProgress(`starting ${plan.clusters.map(({ id }) => id).join(', ')} in ${layout.directory}`);
      await start(layout, plan, options);
      return await readLab(layout.directory);
    } catch (error) {
      // Who interrupts wants nothing to stay; after a failure the logs do.
      if (isLabError(error, 'LAB_INTERRUPTED')) await clearEndedLab(layout.directory);
      throw error;
    }
  });
}

/** One by one: Node's own way never ends where the machine refuses in an unusual manner, as below /proc. */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return;
    if (code !== 'ENOENT' || !(await isMissing(dirname(directory)))) {
      throw new LabError('LAB_DIRECTORY', `${directory} cannot be made: ${messageOf(error)}`, { cause: error });
    }
    await makeDirectory(dirname(directory));
    await makeDirectory(directory);
  }
}

function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

async function prepareDirectory(directory: string): Promise<string> {
  refuseRun(directory);
  await makeDirectory(directory);
  const real = await realpath(directory);
  refuseRun(real);
  const entries = await readdir(real);
  if (entries.length > 0 && !entries.includes(basename(layoutOf(real).plan))) {
    throw new LabError('LAB_DIRECTORY', `${real} is not empty and holds no lab; choose another directory with --dir`);
  }
  return real;
}

function refuseRun(directory: string): void {
  if (!/^\/run(\/|$)/.test(directory)) return;
  throw new LabError(
    'LAB_DIRECTORY',
    `${directory}: inside the lab /run is another one, choose a directory elsewhere with --dir`,
  );
}

async function clearEndedLab(directory: string): Promise<void> {
  const before = await findLab(directory);
  if (before === undefined) return;
  if (before.isRunning) {
    throw new LabError(
      'LAB_RUNNING',
      `a lab runs in ${directory} already; see: leafway lab status --dir ${directory}; end it with: leafway lab down --dir ${directory}`,
    );
  }
  await removeLabFiles(before);
}

async function writePlan(layout: LabLayout, options: LabUpOptions): Promise<LabPlan> {
  const { request, tools, programs, charts, bare = false } = options;
  const ports = await choosePorts({ random: () => systemRandom.next(), isFree }, portsNeeded(request.clusters.length));
  const plan = planLab({ directory: layout.directory, bare, request, ports, tools, programs, charts });
  // First, so that whatever happens next the directory is known to hold a lab.
  await writeFile(layout.plan, JSON.stringify(plan, null, 2));
  await mkdir(layout.bin);
  await mkdir(layout.logs);
  await mkdir(layout.stopped);
  for (const { id } of plan.clusters) await mkdir(layout.cluster(id).directory, { mode: 0o700 });
  for (const tool of [tools.kubectl, tools.helm]) {
    if (tool !== undefined) await symlink(tool, join(layout.bin, basename(tool)));
  }
  return plan;
}

/** Starts the frame and follows it until the lab is ready; ends it when that fails. */
async function start(layout: LabLayout, plan: LabPlan, options: LabUpOptions): Promise<void> {
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

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
