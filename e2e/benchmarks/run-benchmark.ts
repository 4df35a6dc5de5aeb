import { setTimeout as delay } from 'node:timers/promises';
import { startLab } from '../support/leafway.ts';
import type { Benchmark, BenchmarkOutcome } from './benchmark.ts';
import { type Conditions, readConditions } from './conditions.ts';

export interface RunOptions {
  readonly quick: boolean;
  readonly progress: (line: string) => void;
  /** Ends the run; what was started is stopped all the same. */
  readonly signal: AbortSignal;
}

export interface BenchmarkRun {
  readonly outcome: BenchmarkOutcome;
  readonly conditions: Conditions;
}

/** A lab that has just come up still writes its first facts, and the processes that built it are ending. */
const settleMs = 3_000;

/** Starts a benchmark's lab, measures, and takes the lab down, however it went. */
export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<BenchmarkRun> {
  const { quick, progress, signal } = options;
  const tell = (line: string): void => progress(`${benchmark.name}: ${line}`);
  const start = performance.now();
  tell(`starting ${benchmark.clusters.join(', ')}`);
  const { lab, stop } = await startLab(benchmark.clusters);
  try {
    signal.throwIfAborted();
    const work = async (): Promise<BenchmarkRun> => {
      const conditions = await readConditions(lab);
      await delay(settleMs);
      const outcome = await benchmark.run({ lab, quick, progress: tell });
      return { outcome, conditions };
    };
    return await Promise.race([work(), aborted(signal)]);
  } finally {
    await stop();
    tell(`its lab is gone, ${Math.round((performance.now() - start) / 1_000)} s after the start`);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
