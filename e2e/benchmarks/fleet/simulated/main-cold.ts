/**
 * Measures the operator when it starts beside a fleet in memory that has all of its shortcuts: `main-cold.ts
 * <FleetArguments as JSON>`, with `--expose-gc`, in a process of its own so that nothing else is in its memory. The facts are
 * a message to its parent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { heapMib } from '../../heap-mib.ts';
import { firstFreeLink } from '../shape.ts';
import type { ColdFacts, FleetArguments } from './facts.ts';
import { SimulatedFleet } from './fleet.ts';

const { size, saved } = JSON.parse(process.argv[2] ?? '') as FleetArguments;
const idleWithin = { ms: 500, cpuMs: 25 };

const facts = await measure();
process.send?.(facts, () => process.exit());

async function measure(): Promise<ColdFacts> {
  const fleet = new SimulatedFleet(size, saved);
  await untilIdle();
  fleet.compact();
  const before = heapMib();
  const { objects } = fleet;
  const begin = performance.now();
  fleet.startOperator();
  const name = fleet.create(firstFreeLink(size));
  await fleet.board.until(() => fleet.board.isReady(name));
  const seconds = (performance.now() - begin) / 1_000;
  await fleet.calm();
  fleet.compact();
  return { seconds, requests: fleet.requests, objects, mibPer10k: ((heapMib() - before) / objects) * 10_000 };
}

/** Until what stands for the clusters has read all that there is. */
async function untilIdle(): Promise<void> {
  let usage: NodeJS.CpuUsage;
  do {
    const before = process.cpuUsage();
    await delay(idleWithin.ms);
    usage = process.cpuUsage(before);
  } while ((usage.user + usage.system) / 1_000 > idleWithin.cpuMs);
}
