import { setTimeout as delay } from 'node:timers/promises';

const within = { ms: 500, cpuMs: 25 };

/** Until this process has hardly anything to do. */
export async function untilIdle(): Promise<void> {
  let usage: NodeJS.CpuUsage;
  do {
    const before = process.cpuUsage();
    await delay(within.ms);
    usage = process.cpuUsage(before);
  } while ((usage.user + usage.system) / 1_000 > within.cpuMs);
}
