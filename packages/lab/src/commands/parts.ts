import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '@leafway/reconciler';
import { LabError } from '../errors.ts';
import type { RunningLab } from '../lab.ts';
import { fileNameOf, type PartReport, type PartState } from '../supervisor/part.ts';
import { labStatus } from './status.ts';

const lookAgainMs = 50;
const timeoutMs = 30_000;

/**
 * Ends one part of a lab (by its name in `labStatus`) and keeps it stopped until `startPart`; resolves when its process
 * is gone. Doing it twice is no error.
 * @throws LabError `LAB_ARGUMENT` when there is no such part.
 */
export async function stopPart(lab: RunningLab, name: string): Promise<void> {
  const part = await findPart(lab, name);
  await writeFile(markerOf(lab, part), '');
  await waitForState(lab, name, 'stopped');
}

/**
 * Starts a stopped part again; resolves when its process exists, which is before it does its work.
 * @throws LabError `LAB_ARGUMENT` when there is no such part.
 */
export async function startPart(lab: RunningLab, name: string): Promise<void> {
  const part = await findPart(lab, name);
  await rm(markerOf(lab, part), { force: true });
  await waitForState(lab, name, 'running');
}

function markerOf({ layout }: RunningLab, part: PartReport): string {
  return join(layout.stopped, fileNameOf(part));
}

async function findPart(lab: RunningLab, name: string): Promise<PartReport> {
  const { parts } = await labStatus(lab.directory);
  const found = parts.find((part) => part.name === name);
  if (found !== undefined) return found;
  throw new LabError(
    'LAB_ARGUMENT',
    `the lab has no part "${name}", its parts are ${parts.map((part) => part.name).join(', ')}`,
  );
}

async function waitForState(lab: RunningLab, name: string, wanted: PartState): Promise<void> {
  const deadline = systemClock.monotonicMs() + timeoutMs;
  while ((await findPart(lab, name)).state !== wanted) {
    if (systemClock.monotonicMs() > deadline)
      throw new LabError('LAB_TIMEOUT', `${name} is not ${wanted} after ${timeoutMs / 1000} s, see ${lab.layout.logs}`);
    await sleep(systemClock, lookAgainMs, new AbortController().signal);
  }
}
