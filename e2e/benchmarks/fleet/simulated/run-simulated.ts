import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forkProgram } from '../../fork-program.ts';
import type { FleetSize } from '../shape.ts';
import type { ColdFacts, FleetArguments, MemoryArguments, MemoryFacts, SimulatedFacts } from './facts.ts';

const programs = {
  fleet: new URL('main-fleet.ts', import.meta.url),
  cold: new URL('main-cold.ts', import.meta.url),
  memory: new URL('main-memory.ts', import.meta.url),
};
/** What stands for the clusters keeps a copy of everything, and the past until it is told to forget it. */
const heapMib = 12_288;
const answerWithinMs = 1_800_000;

/** Measures in a fleet in memory. Throws with what a program printed when it ends before. */
export async function measureSimulated(size: FleetSize, signal: AbortSignal): Promise<SimulatedFacts> {
  const directory = mkdtempSync(join(tmpdir(), 'leafway-fleet-'));
  const given: FleetArguments = { size, saved: join(directory, 'fleet.ndjson') };
  const answerOf = async (program: URL, argument: object = given): Promise<unknown> => {
    const forked = forkProgram(program, { argument, heapMib, answerWithinMs, signal });
    try {
      return await forked.answer();
    } finally {
      forked.stop();
    }
  };
  try {
    const facts = (await answerOf(programs.fleet)) as Omit<SimulatedFacts, 'cold' | 'memory'>;
    const cold = (await answerOf(programs.cold)) as ColdFacts;
    const held = async (what: MemoryArguments['what']): Promise<MemoryFacts> =>
      (await answerOf(programs.memory, { ...given, what })) as MemoryFacts;
    const [caches, operator] = [await held('caches'), await held('operator')];
    const memory = { cachesMibPer10k: (caches.mib / caches.objects) * 10_000, operatorMib: operator.mib };
    return { ...facts, cold, memory };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
