import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FleetSize } from '../../admission/fleet/shape.ts';
import type { SimulatedFacts } from './facts.ts';

const program = fileURLToPath(new URL('main-fleet.ts', import.meta.url));
/** What stands for the clusters keeps a copy of everything, and the past until it is told to forget it. */
const heapMib = 12_288;
/** Several times what the largest fleet takes. */
const withinMs = 1_800_000;

/** Measures in a fleet in memory, in a process of its own. Throws with what that printed when it ends before. */
export async function measureSimulated(size: FleetSize, signal: AbortSignal): Promise<SimulatedFacts> {
  const child = fork(program, [JSON.stringify(size)], {
    execArgv: ['--conditions=@leafway/source', '--expose-gc', `--max-old-space-size=${heapMib}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const ended = once(child, 'close').then(() => {
    throw new Error(`the process with the fleet ended: ${printed.slice(-2_000)}`);
  });
  ended.catch(() => {});
  const [facts] = await Promise.race([once(child, 'message'), ended]);
  return facts as SimulatedFacts;
}
