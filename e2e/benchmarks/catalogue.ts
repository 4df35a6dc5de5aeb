import type { Benchmark } from './benchmark.ts';
import { connectBenchmark } from './connect/run-connect.ts';
import { deleteBenchmark } from './delete/run-delete.ts';
import { steadyBenchmark } from './steady/run-steady.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [connectBenchmark, deleteBenchmark, steadyBenchmark];
