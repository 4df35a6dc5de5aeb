import { LabError } from '../errors.ts';

/**
 * Below the kernel's usual range for outgoing connections (32768–60999): a port of a part must still be free
 * when that part is started again.
 */
const lowest = 20_000;
const highest = 31_999;
const attemptsPerPort = 200;

/**
 * Chooses that many different free ports at random, so that labs started at the same time do not meet.
 * @throws LabError `LAB_START_FAILED` when too few are free.
 */
export async function choosePorts(
  deps: { readonly random: () => number; readonly isFree: (port: number) => Promise<boolean> },
  count: number,
): Promise<number[]> {
  const chosen = new Set<number>();
  for (let attempts = 0; chosen.size < count; attempts += 1) {
    if (attempts >= count * attemptsPerPort) {
      throw new LabError(
        'LAB_START_FAILED',
        `the lab needs ${count} free TCP ports between ${lowest} and ${highest} on 127.0.0.1`,
      );
    }
    const port = lowest + Math.floor(deps.random() * (highest - lowest + 1));
    if (!chosen.has(port) && (await deps.isFree(port))) chosen.add(port);
  }
  return [...chosen];
}
