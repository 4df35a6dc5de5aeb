import { setTimeout as delay } from 'node:timers/promises';
import type { RunningLab } from '@leafway/lab';
import { actors, countRequests } from '../audit/count-requests.ts';
import { markAuditLogs, readAuditLogs } from '../audit/read-audit-logs.ts';
import type { BenchmarkContext, BenchmarkInLab } from '../benchmark.ts';
import { withAdmins } from '../link/connections.ts';
import { connect } from '../link/link.ts';
import { formatShortcuts, type SteadySample, steadyFigures, steadyHeadline } from './figures.ts';
import { reportSteady } from './report.ts';

const pairs = [
  ['rome', 'milan'],
  ['rome', 'paris'],
  ['milan', 'paris'],
] as const;
/** How long the last shortcut has been Ready when the minute begins. */
const settleMs = 10_000;
/** A server logs a request when it has answered it. */
const loggedWithinMs = 1_000;

export const steadyBenchmark: BenchmarkInLab = {
  name: 'steady',
  summary: 'requests in a minute in which nothing happens, with one and three shortcuts',
  seconds: { full: 160, quick: 50 },
  clusters: ['central', 'rome', 'milan', 'paris'],
  run: async (context) => {
    const figures = steadyFigures(await measure(context));
    return { headline: steadyHeadline(figures), figures, report: reportSteady(figures) };
  },
};

async function measure({ lab, quick, progress }: BenchmarkContext): Promise<SteadySample[]> {
  const windowMs = quick ? 5_000 : 60_000;
  const samples: SteadySample[] = [];
  const connectPairs = (chosen: readonly (readonly [string, string])[]): Promise<void> =>
    withAdmins(lab, [lab.centre], async (centre) => {
      for (const [a, b] of chosen) if (centre !== undefined) await connect(centre, `${a}-${b}`, [a, b]);
    });
  for (const [from, to] of [
    [0, 1],
    [1, pairs.length],
  ] as const) {
    await connectPairs(pairs.slice(from, to));
    progress(`${formatShortcuts(to)}: ${windowMs / 1_000} s without anything happening`);
    samples.push(await watchQuiet(lab, to, windowMs));
  }
  return samples;
}

async function watchQuiet(lab: RunningLab, shortcuts: number, windowMs: number): Promise<SteadySample> {
  await delay(settleMs);
  const mark = await markAuditLogs(lab);
  const window = { fromMs: Date.now(), toMs: Date.now() + windowMs };
  await delay(windowMs + loggedWithinMs);
  const log = await readAuditLogs(lab, mark);
  return {
    shortcuts,
    seconds: windowMs / 1_000,
    controller: countRequests(log, actors.controller, window),
    agents: countRequests(log, actors.agents, window),
    webhook: countRequests(log, actors.webhook, window),
  };
}
