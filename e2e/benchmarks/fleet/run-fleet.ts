import type { FreeBenchmark, FreeContext } from '../benchmark.ts';
import { type FleetSamples, fleetFigures, fleetHeadline } from './figures.ts';
import { clustersOf, measureReal } from './real/run-real.ts';
import { reportFleet } from './report.ts';
import { measureSimulated } from './simulated/run-simulated.ts';

const fullPlan = {
  few: { leaves: 20, shortcuts: 100 },
  many: { leaves: 500, shortcuts: 10_000 },
  real: { leaves: 20, shortcuts: 100 },
  steadyMs: 60_000,
};
const quickPlan: typeof fullPlan = {
  few: { leaves: 20, shortcuts: 20 },
  many: { leaves: 20, shortcuts: 40 },
  real: { leaves: 7, shortcuts: 7 },
  steadyMs: 5_000,
};

export const fleetBenchmark: FreeBenchmark = {
  name: 'fleet',
  summary: 'many leaves: time, requests, memory, cold start, and one leaf of ten out of order',
  seconds: { full: 900, quick: 120 },
  run: async (context) => {
    const figures = fleetFigures(await measure(context));
    return { headline: fleetHeadline(figures), figures, report: reportFleet(figures) };
  },
};

async function measure({ quick, progress, signal, withLab }: FreeContext): Promise<FleetSamples> {
  const plan = quick ? quickPlan : fullPlan;
  progress(`${plan.few.shortcuts} shortcuts in memory`);
  const few = await measureSimulated(plan.few, signal);
  progress(`${plan.many.shortcuts} shortcuts in memory`);
  const many = await measureSimulated(plan.many, signal);
  const real = await withLab(clustersOf(plan.real), [], (lab) => measureReal(lab, plan.real, plan.steadyMs));
  return { real, few, many };
}
