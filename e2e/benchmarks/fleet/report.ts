import { formatAims } from '../report/aims.ts';
import { formatMs, formatRatio, formatTable } from '../report/table.ts';
import type { FleetFigures, IsolationFigures } from './figures.ts';
import type { SimulatedFacts } from './simulated/facts.ts';

/** The figures as lines for people. */
export function reportFleet({ real, few, many, isolation, realIsolation, aims }: FleetFigures): string[] {
  const head = ({ size }: SimulatedFacts): string => `${size.shortcuts} over ${size.leaves}`;
  const row = (what: string, value: (facts: SimulatedFacts) => string): string[] => [what, value(few), value(many)];
  const times = ({ aloneMs, besideMs, besideP95Ms }: Omit<IsolationFigures, 'requestsInOneSecond'>): string =>
    `${formatMs(besideMs)} (p95 ${formatMs(besideP95Ms)}), alone ${formatMs(aloneMs)}`;
  const disorder = (what: string, { requestsInOneSecond, ...measured }: IsolationFigures): string =>
    `  ${what}: ${times(measured)}; it got at most ${requestsInOneSecond} requests in a second`;
  return [
    `${real.size.shortcuts} shortcuts over ${real.size.leaves} leaves with real API servers, applied at once`,
    `  all Ready after ${real.seconds.toFixed(1)} s; the controller sent ${real.requestsPerShortcut.toFixed(1)} requests for each, ${real.writesOnLeavesPerShortcut.toFixed(1)} of them writes on leaves`,
    `  ${real.steady.requests} requests in ${real.steady.seconds} s in which nothing happened; the controller's process holds ${Math.round(real.controllerMib)} MiB`,
    `  one more between healthy leaves while one leaf of ten hangs: ${times(realIsolation)}; ${formatRatio(realIsolation)}`,
    '',
    ...formatTable([
      ['API servers in memory, whose own time is in it', head(few), head(many)],
      row('all applied at once: Ready', ({ build }) => `${build.seconds.toFixed(1)} s`),
      row('  requests for each', ({ build }) => build.requestsPerShortcut.toFixed(1)),
      row('one more: Ready', ({ operations }) => formatMs(operations.readyMs)),
      row('  requests', ({ operations }) => String(operations.requestsToReady)),
      row('one deleted: gone', ({ operations }) => formatMs(operations.goneMs)),
      row('  requests', ({ operations }) => String(operations.requestsToGone)),
      row('nothing happens: requests', ({ steady }) => String(steady.requests)),
      row('  processor', ({ steady }) => `${steady.idleCpuPercent.toFixed(1)} %`),
      row('  for each Connection that says that it lives', ({ steady }) => `${steady.renewalUs.toFixed(0)} µs`),
      row('a new controller: a new shortcut Ready', ({ cold }) => `${cold.seconds.toFixed(1)} s`),
      row('  requests', ({ cold }) => String(cold.requests)),
      row('  objects in its caches', ({ cold }) => String(cold.objects)),
      row('objects of leaves in caches: memory for 10,000', ({ memory }) => `${memory.cachesMibPer10k.toFixed(1)} MiB`),
      row('the whole controller: memory', ({ memory }) => `${Math.round(memory.operatorMib)} MiB`),
    ]),
    '',
    `new shortcuts between healthy leaves, of ${many.size.leaves}, when one leaf of ten`,
    disorder('hangs', isolation.hung),
    disorder('answers with errors', isolation.failing),
    '',
    ...formatAims(aims),
  ];
}
