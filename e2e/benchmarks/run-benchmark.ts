import { setTimeout as delay } from 'node:timers/promises';
import { startLab } from '../support/lab/leafway.ts';
import type { Benchmark, BenchmarkOutcome, FreeContext } from './benchmark.ts';
import { type Conditions, readConditions } from './conditions.ts';

export interface RunOptions {
  readonly quick: boolean;
  readonly progress: (line: string) => void;
  /** Ends the run; what was started is stopped all the same. */
  readonly signal: AbortSignal;
}

export interface BenchmarkRun {
  readonly outcome: BenchmarkOutcome;
  /** As its last lab was. */
  readonly conditions: Conditions;
}

/** A lab that has just come up still writes its first facts, and the processes that built it are ending. */
const settleMs = 3_000;
/** An interrupted run may still wait for something that will not come; else it takes away what it made. */
const endsWithinMs = 5_000;

/** Runs a benchmark in a lab, or with labs for parts of it, which are taken down however it went. */
export async function runBenchmark(benchmark: Benchmark, options: RunOptions): Promise<BenchmarkRun> {
  const { quick, signal } = options;
  const progress = (line: string): void => options.progress(`${benchmark.name}: ${line}`);
  let conditions: Conditions | undefined;
  const labs: Promise<unknown>[] = [];

  const withLab: FreeContext['withLab'] = (clusters, flags, use) => {
    const using = useLab(clusters, flags, use);
    labs.push(using);
    return using;
  };
  const useLab: FreeContext['withLab'] = async (clusters, flags, use) => {
    const start = performance.now();
    progress(`starting ${clusters.join(', ')}`);
    const { lab, stop } = await startLab(clusters, [], ...flags);
    try {
      signal.throwIfAborted();
      const work = async () => {
        conditions = await readConditions(lab);
        await delay(settleMs);
        return await use(lab);
      };
      return await Promise.race([work(), aborted(signal)]);
    } finally {
      await stop();
      progress(`its lab is gone, ${Math.round((performance.now() - start) / 1_000)} s after the start`);
    }
  };

  /** Rejects when the run is to end, no lab is left, and it has ended what it can. */
  const unlessStopped = (running: Promise<BenchmarkOutcome>): Promise<BenchmarkOutcome> => {
    const stopped = aborted(signal).catch(async (reason: unknown) => {
      await Promise.allSettled([...labs, Promise.race([running, delay(endsWithinMs)])]);
      throw reason;
    });
    return Promise.race([running, stopped]);
  };
  const outcome =
    benchmark.clusters === undefined
      ? await unlessStopped(benchmark.run({ quick, progress, signal, withLab }))
      : await withLab(benchmark.clusters, [], (lab) => benchmark.run({ lab, quick, progress }));
  if (conditions === undefined) throw new Error(`${benchmark.name} started no lab, whose conditions could be told`);
  return { outcome, conditions };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
