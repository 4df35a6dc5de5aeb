import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { systemRandom } from '@leafway/reconciler';
import { diskFull, freeBytesAt, isDiskFull } from '../disk-space.ts';
import { isLabError, LabError } from '../errors.ts';
import { findLab, type RunningLab, readLab } from '../lab.ts';
import type { LabRequest } from '../plan/arguments.ts';
import {
  bytesNeeded,
  type LabPlan,
  type LabPrograms,
  type LabTools,
  planLab,
  portsNeeded,
  portsOf,
} from '../plan/lab-plan.ts';
import { type LabLayout, layoutOf } from '../plan/layout.ts';
import { choosePorts } from '../plan/ports.ts';
import { removeIfEmpty, removeLabFiles } from './down.ts';
import { prepareDirectory } from './prepare-directory.ts';
import { type StartOptions, startLab } from './start.ts';
import { withLabLock } from './with-lab-lock.ts';

/** What lab to start, where, and from which programs, tools and charts. */
export interface LabUpOptions extends StartOptions {
  /** Absolute; made when it does not exist, else it must be empty or hold an ended lab. */
  readonly directory: string;
  readonly request: LabRequest;
  /** Without Leafway: its kinds, webhook, controller and LeafClusters. */
  readonly bare?: boolean;
  readonly tools: LabTools;
  readonly programs: LabPrograms;
  /** The directory of the charts `leafway` and `leafway-leaf`. */
  readonly charts: string;
}

/** What to do instead of making room. */
const otherDisk = 'choose a directory on another disk with --dir.';
/** How often a lab is started anew because another program took one of its ports. */
const maxStarts = 3;
/** With less than this on its disk a lab that did not start needs no other reason. */
const hardlyAnyBytes = 32_000_000;

/**
 * Starts a lab and returns when it is ready; it then runs on by itself until `labDown`.
 * @throws LabError when it cannot be started or was interrupted; then nothing of it runs.
 */
export async function labUp(options: LabUpOptions): Promise<RunningLab> {
  const needed = bytesNeeded(options.request.clusters.length);
  const layout = layoutOf(await prepareDirectory(options.directory));
  return withLabLock(layout.directory, async () => {
    for (let starts = 1; ; starts += 1) {
      await clearEndedLab(layout.directory);
      await ensureRoom(layout.directory, needed);
      const plan = await makePlan(layout, options);
      try {
        await writePlan(layout, plan);
        options.onProgress(`starting ${plan.clusters.map(({ id }) => id).join(', ')} in ${layout.directory}`);
        await startLab(layout, plan, options);
        return await readLab(layout.directory);
      } catch (error) {
        const free = await freeBytesAt(layout.directory);
        const hasFailed = isLabError(error, 'LAB_START_FAILED');
        const isOutOfRoom = isDiskFull(error) || (hasFailed && free < hardlyAnyBytes);
        // Who interrupts, or needs the room, wants nothing to stay; after another failure the logs do.
        if (isOutOfRoom || isLabError(error, 'LAB_INTERRUPTED')) await removeLab(layout, plan);
        if (isOutOfRoom) throw diskFull(layout.directory, { free, needed }, otherDisk);
        const taken = hasFailed ? await takenPorts(plan) : undefined;
        if (taken === undefined) throw error;
        if (starts === maxStarts) throw portsTaken(taken, error);
        options.onProgress(`another program took ${taken} meanwhile: starting again with other ports`);
      }
    }
  });
}

async function ensureRoom(directory: string, needed: number): Promise<void> {
  const free = await freeBytesAt(directory);
  if (free >= needed) return;
  await removeIfEmpty(directory);
  throw diskFull(directory, { free, needed }, otherDisk);
}

async function removeLab(layout: LabLayout, plan: LabPlan): Promise<void> {
  await removeLabFiles({ layout, clusters: plan.clusters.map(({ id }) => id) });
  await removeIfEmpty(layout.directory);
}

function portsTaken(taken: string, cause: unknown): LabError {
  const message = `the lab did not start ${maxStarts} times, because another program took a port of it each time, in the end ${taken}: end that program, or try again`;
  return new LabError('LAB_START_FAILED', message, { cause });
}

/** The ports of a lab of which nothing runs, as far as somebody listens there all the same; `undefined` for none. */
async function takenPorts(plan: LabPlan): Promise<string | undefined> {
  const looks = await Promise.all(
    portsOf(plan).map(async ({ port, use }) => ((await isFree(port)) ? [] : [`port ${port} (${use})`])),
  );
  return looks.flat().join(', ') || undefined;
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

async function makePlan({ directory }: LabLayout, options: LabUpOptions): Promise<LabPlan> {
  const { request, tools, programs, charts, bare = false } = options;
  const ports = await choosePorts({ random: () => systemRandom.next(), isFree }, portsNeeded(request.clusters.length));
  return planLab({ directory, bare, request, ports, tools, programs, charts });
}

async function writePlan(layout: LabLayout, plan: LabPlan): Promise<void> {
  // First, so that whatever happens next the directory is known to hold a lab.
  await writeFile(layout.plan, JSON.stringify(plan, null, 2));
  await mkdir(layout.bin);
  await mkdir(layout.logs);
  await mkdir(layout.stopped);
  for (const { id } of plan.clusters) await mkdir(layout.cluster(id).directory, { mode: 0o700 });
  for (const tool of [plan.tools.kubectl, plan.tools.helm]) await symlink(tool, join(layout.bin, basename(tool)));
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
