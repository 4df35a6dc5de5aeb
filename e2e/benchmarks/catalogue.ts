import { admissionBenchmark } from './admission/run-admission.ts';
import type { Benchmark } from './benchmark.ts';
import { connectBenchmark } from './connect/run-connect.ts';
import { deleteBenchmark } from './delete/run-delete.ts';
import { fleetBenchmark } from './fleet/run-fleet.ts';
import { repairBenchmark } from './repair/run-repair.ts';
import { steadyBenchmark } from './steady/run-steady.ts';
import { tunnelBenchmark } from './tunnel/run-tunnel.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  connectBenchmark,
  deleteBenchmark,
  repairBenchmark,
  steadyBenchmark,
  tunnelBenchmark,
  admissionBenchmark,
  fleetBenchmark,
];
