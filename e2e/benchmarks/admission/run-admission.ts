import type { Benchmark, FreeContext } from '../benchmark.ts';
import { measureCreates } from './creating/run-creating.ts';
import { type AdmissionSamples, admissionFigures, admissionHeadline } from './figures.ts';
import { measureIndex } from './index/run-index.ts';
import { preparePrograms } from './programs.ts';
import { reportAdmission } from './report.ts';
import { measureServing } from './serving/run-serving.ts';

const fullPlan = {
  index: { few: { leaves: 2_000, shortcuts: 100 }, many: { leaves: 2_000, shortcuts: 100_000 }, rounds: 12 },
  serving: {
    size: { leaves: 2_000, shortcuts: 10_000 },
    pairs: 12,
    warmUpMs: 500,
    durationMs: 2_000,
    reviews: 2_000,
  },
  creating: { size: { leaves: 100, shortcuts: 100 }, rounds: 12, creates: 400 },
};
const quickPlan: typeof fullPlan = {
  index: { few: { leaves: 40, shortcuts: 40 }, many: { leaves: 40, shortcuts: 400 }, rounds: 1 },
  serving: { size: { leaves: 40, shortcuts: 80 }, pairs: 1, warmUpMs: 200, durationMs: 300, reviews: 50 },
  creating: { size: { leaves: 10, shortcuts: 10 }, rounds: 1, creates: 5 },
};

export const admissionBenchmark: Benchmark = {
  name: 'admission',
  summary: 'the webhook: memory and decisions of a large fleet, throughput and p99 beside one in Go',
  seconds: { full: 330, quick: 40 },
  run: async (context) => {
    const figures = admissionFigures(await measure(context));
    return { headline: admissionHeadline(figures), figures, report: reportAdmission(figures) };
  },
};

/** Only the last part needs a cluster: until then the machine is for what is measured. */
async function measure({ quick, progress, signal, withLab }: FreeContext): Promise<AdmissionSamples> {
  const plan = quick ? quickPlan : fullPlan;
  const programs = await preparePrograms(signal);
  const { few, many } = await measureIndex(plan.index, progress);
  const serving = await measureServing(plan.serving, programs, progress);
  const creates = await withLab(['central', 'rome'], ['--bare'], (lab) =>
    measureCreates(lab, plan.creating, programs, progress),
  );
  return { few, many, serving, creates };
}
