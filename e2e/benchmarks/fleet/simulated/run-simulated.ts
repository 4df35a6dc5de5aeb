import { forkProgram } from '../../fork-program.ts';
import type { FleetSize } from '../shape.ts';
import type { SimulatedFacts } from './facts.ts';

const program = new URL('main-fleet.ts', import.meta.url);
/** What stands for the clusters keeps a copy of everything, and the past until it is told to forget it. */
const heapMib = 12_288;
const answerWithinMs = 1_800_000;

/** Measures in a fleet in memory, in a process of its own. Throws with what that printed when it ends before. */
export async function measureSimulated(size: FleetSize, signal: AbortSignal): Promise<SimulatedFacts> {
  const fleet = forkProgram(program, { argument: size, heapMib, answerWithinMs, signal });
  try {
    return (await fleet.answer()) as SimulatedFacts;
  } finally {
    fleet.stop();
  }
}
