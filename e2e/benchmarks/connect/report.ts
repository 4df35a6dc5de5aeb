import { formatAims } from '../report/aims.ts';
import { requestTable } from '../report/requests.ts';
import { formatCount, formatMs, formatRange, formatTable } from '../report/table.ts';
import type { Summary } from '../statistics/summary.ts';
import { type ConnectFigures, liqoCommand, type SettingFigures } from './figures.ts';

/** The figures as lines for people. */
export function reportConnect(figures: ConnectFigures): string[] {
  const { absent, present } = figures.settings;
  const row = (what: string, value: (one: SettingFigures) => Summary, format: (n: number) => string): string[] => [
    what,
    formatRange(value(absent), format),
    formatRange(value(present), format),
  ];
  return [
    ...formatTable([
      [`median (min – max) of ${absent.readyMs.count} connects`, 'namespaces made', 'namespaces there before'],
      row('create → Ready', ({ readyMs }) => readyMs, formatMs),
      row('requests of the controller, create → Ready', ({ requests }) => requests, formatCount),
      row('  of these writes on the two leaves', ({ writes }) => writes, formatCount),
      row('not counted: watches opened', ({ watches }) => watches, formatCount),
      row('not counted: requests about leases', ({ leases }) => leases, formatCount),
      row('requests of the controller, 2 s after Ready', ({ trailing }) => trailing, formatCount),
      row('requests of both agents, create → Ready', ({ agents }) => agents, formatCount),
      row('requests of the webhook, create → Ready', ({ webhook }) => webhook, formatCount),
      ['delete → gone', '', formatRange(figures.goneMs, formatMs)],
    ]),
    '',
    'the requests of the controller from create to Ready, median',
    ...requestTable(['namespaces made', 'there before'], [absent.split, present.split]),
    ...trailingTable(absent, present),
    '',
    ...comparison(figures),
  ];
}

function trailingTable(absent: SettingFigures, present: SettingFigures): string[] {
  if (absent.trailingSplit.length + present.trailingSplit.length === 0) return [];
  const table = requestTable(['namespaces made', 'there before'], [absent.trailingSplit, present.trailingSplit]);
  return ['', 'and in the 2 s after Ready, median', ...table];
}

function comparison({ ratios, aims }: ConnectFigures): string[] {
  const { readyMs, requests, writes, goneMs } = liqoCommand;
  return [
    `Liqo 1.2.0's own command needs ${formatMs(readyMs)} with --wait (about 2 s of it its first ping), ${requests} requests,`,
    `${writes} writes, and ${formatMs(goneMs)} to be gone after a reset: constants, measured elsewhere on comparable servers.`,
    `ours / Liqo's: ready ${ratios.ready.toFixed(2)}, requests ${ratios.requests.toFixed(2)}, writes ${ratios.writes.toFixed(2)}, gone ${ratios.gone.toFixed(2)}`,
    ...formatAims(aims),
  ];
}
