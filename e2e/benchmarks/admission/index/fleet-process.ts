import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetSize } from '../fleet/shape.ts';
import type { FleetAnswers, FleetTask, LoadFacts } from './messages.ts';

/** A process that holds a fleet. */
export interface FleetProcess {
  readonly load: LoadFacts;
  /** One measurement at a time. */
  measure<T extends FleetTask>(task: T): Promise<FleetAnswers[T]>;
  stop(): void;
}

const program = fileURLToPath(new URL('main-fleet.ts', import.meta.url));
/** Beyond what the largest fleet takes; while it is read there is a second copy of much of it. */
const heapMib = 4_096;
/** Loading and every measurement take a fraction of it. */
const answerWithinMs = 180_000;

/** Starts it and waits until everything is loaded. Throws with what it printed when it ends before. */
export async function startFleet(size: FleetSize): Promise<FleetProcess> {
  const child = fork(program, [JSON.stringify(size)], {
    execArgv: ['--expose-gc', `--max-old-space-size=${heapMib}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const ended = once(child, 'close').then(() => {
    throw new Error(`the process with the fleet ended: ${printed.slice(-2_000)}`);
  });
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => {
    const timer = setTimeout(() => child.kill(), answerWithinMs);
    const [message] = await Promise.race([once(child, 'message'), ended]).finally(() => clearTimeout(timer));
    return message;
  };
  const load = (await answer()) as LoadFacts;
  return {
    load,
    measure: async <T extends FleetTask>(task: T) => {
      child.send(task);
      return (await answer()) as FleetAnswers[T];
    },
    stop: () => {
      child.kill();
    },
  };
}
