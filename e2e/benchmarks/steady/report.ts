import type { RequestCount } from '../audit/count-requests.ts';
import { formatAims } from '../report/aims.ts';
import { requestTable } from '../report/requests.ts';
import { formatTable } from '../report/table.ts';
import { formatShortcuts, type SteadyFigures, type SteadySample } from './figures.ts';

/** The figures as lines for people. */
export function reportSteady({ samples, aims }: SteadyFigures): string[] {
  const heads = samples.map(({ shortcuts }) => formatShortcuts(shortcuts));
  const row = (what: string, value: (sample: SteadySample) => number): string[] => [
    what,
    ...samples.map((sample) => String(value(sample))),
  ];
  return [
    ...formatTable([
      [`in ${samples[0]?.seconds} s in which nothing happened`, ...heads],
      row('requests of the controller', ({ controller }) => controller.total),
      row('not counted: watches opened again', ({ controller }) => controller.watches),
      row('not counted: requests about its lease', ({ controller }) => controller.leases),
      row('requests of the agents, without watches and leases', ({ agents }) => agents.total),
      row('requests of the webhook, without watches and leases', ({ webhook }) => webhook.total),
    ]),
    ...split('controller', heads, samples, ({ controller }) => controller),
    ...split('agents', heads, samples, ({ agents }) => agents),
    '',
    ...formatAims(aims),
  ];
}

function split(
  who: string,
  heads: readonly string[],
  samples: readonly SteadySample[],
  count: (sample: SteadySample) => RequestCount,
): string[] {
  const rows = samples.map((sample) => count(sample).rows);
  return rows.every((each) => each.length === 0)
    ? []
    : ['', `the requests of the ${who}`, ...requestTable(heads, rows)];
}
