import type { Benchmark } from './benchmark.ts';
import { connectBenchmark } from './connect/run-connect.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [connectBenchmark];
