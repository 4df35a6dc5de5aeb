import { readFileSync } from 'node:fs';
import { labStatus, type RunningLab, stopPart } from '@leafway/lab';
import { kubectl } from 'leafway/demo';
import { expect } from 'vitest';

/** The process of a part that runs now, by its number on this machine. */
export async function pidOf(lab: RunningLab, part: string): Promise<number> {
  const found = (await labStatus(lab.directory)).parts.find(({ name }) => name === part);
  if (found === undefined || found.pid === null) throw new Error(`${part} does not run`);
  return found.pid;
}

/** Kills a part; the lab starts it again. Resolves at once with the number of the process that was. */
export async function killPart(lab: RunningLab, part: string): Promise<number> {
  const pid = await pidOf(lab, part);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/** Kills a part and keeps it down until `startPart`. */
export async function cutPart(lab: RunningLab, part: string): Promise<void> {
  const stopped = stopPart(lab, part);
  await killPart(lab, part);
  await stopped;
}

/** Waits until another process than the given one is that part. */
export async function restarted(lab: RunningLab, part: string, before: number): Promise<void> {
  const isAnother = (): Promise<boolean> =>
    pidOf(lab, part).then(
      (pid) => pid !== before,
      () => false,
    );
  await expect.poll(isAnother, { timeout: 30_000 }).toBe(true);
}

/** What a part printed. */
export function logOf(lab: RunningLab, part: string): string {
  return readFileSync(lab.layout.log(part), 'utf8');
}

/** Waits until the API server of a cluster says that it is ready. */
export async function answering(lab: RunningLab, cluster: string): Promise<void> {
  const isReady = async (): Promise<boolean> => (await kubectl(lab, cluster, ['get', '--raw=/readyz'])).code === 0;
  await expect.poll(isReady, { timeout: 60_000, interval: 100 }).toBe(true);
}
