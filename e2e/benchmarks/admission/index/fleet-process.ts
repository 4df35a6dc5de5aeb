import type { FleetSize } from '../../fleet/shape.ts';
import { forkProgram } from '../../fork-program.ts';
import type { FleetAnswers, FleetTask, LoadFacts } from './messages.ts';

/** A process that holds a fleet. */
export interface FleetProcess {
  readonly load: LoadFacts;
  /** One measurement at a time. */
  measure<T extends FleetTask>(task: T): Promise<FleetAnswers[T]>;
  stop(): void;
}

const program = new URL('main-fleet.ts', import.meta.url);
/** Beyond what the largest fleet takes; while it is read there is a second copy of much of it. */
const heapMib = 4_096;
/** Loading and every measurement take a fraction of it. */
const answerWithinMs = 180_000;

/** Starts it and waits until everything is loaded. Throws with what it printed when it ends before. */
export async function startFleet(size: FleetSize): Promise<FleetProcess> {
  const fleet = forkProgram(program, { argument: size, heapMib, answerWithinMs });
  const load = (await fleet.answer()) as LoadFacts;
  return {
    load,
    measure: async <T extends FleetTask>(task: T) => {
      fleet.send(task);
      return (await fleet.answer()) as FleetAnswers[T];
    },
    stop: fleet.stop,
  };
}
