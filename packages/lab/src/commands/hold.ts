import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';
import type { RunningLab } from '../lab.ts';
import { setHeld } from '../supervisor/held-parts.ts';
import type { PartState } from '../supervisor/part.ts';
import { labStatus } from './status.ts';

/**
 * Ends one part of a lab with SIGKILL and keeps it from being started again; resolves when it is stopped.
 * @throws LabError `LAB_ARGUMENT` when there is no such part.
 */
export async function stopPart(lab: RunningLab, name: string): Promise<void> {
  await hold(lab, name, true, 'stopped');
}

/**
 * Starts a part that `stopPart` stopped; resolves when its process runs, which is before it can do anything.
 * @throws LabError `LAB_ARGUMENT` when there is no such part.
 */
export async function startPart(lab: RunningLab, name: string): Promise<void> {
  await hold(lab, name, false, 'running');
}

const lookEveryMs = 20;
const looksUntilGivenUp = 500;

async function hold(lab: RunningLab, name: string, isHeld: boolean, wanted: PartState): Promise<void> {
  const stateOf = async (): Promise<PartState | undefined> =>
    (await labStatus(lab.directory)).parts.find((part) => part.name === name)?.state;
  if ((await stateOf()) === undefined)
    throw new LabError('LAB_ARGUMENT', `the lab has no part "${name}"; see: leafway lab status`);
  setHeld(lab.layout, name, isHeld);
  for (let looks = 0; (await stateOf()) !== wanted; looks += 1) {
    if (looks > looksUntilGivenUp) throw new LabError('LAB_TIMEOUT', `${name} is not ${wanted} yet`);
    await sleep(lookEveryMs);
  }
}
