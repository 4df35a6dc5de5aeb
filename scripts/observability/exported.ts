import type { ProgramMetrics } from '../lib/program-metrics.ts';
import { type Expression, readExpression } from './promql.ts';

/** The labels of each series that the programs export, by its name: a histogram is three of them. */
export function exportedSeries(programs: readonly ProgramMetrics[]): ReadonlyMap<string, ReadonlySet<string>> {
  const all = programs.flatMap(({ metrics }) => metrics);
  return new Map(
    all.flatMap(({ name, kind, labels }): [string, ReadonlySet<string>][] =>
      kind === 'histogram'
        ? [
            [`${name}_bucket`, new Set([...labels, 'le'])],
            [`${name}_sum`, new Set(labels)],
            [`${name}_count`, new Set(labels)],
          ]
        : [[name, new Set(labels)]],
    ),
  );
}

/** Labels that the scraper adds, whatever it scrapes. */
const ofTheScraper = new Set(['instance', 'job']);

/** What is wrong with an expression, in words: it cannot be read, or nothing exports what it asks for. */
export function problemsOf(text: string, series: ReturnType<typeof exportedSeries>): string[] {
  const { errors, selectors, groupings } = readExpression(text);
  const unknown = ({ metric, labels }: Expression['selectors'][number]): string[] => {
    const known = series.get(metric);
    if (known === undefined) return [`nothing exports ${metric}`];
    return labels.filter((label) => !known.has(label)).map((label) => `${metric} has no label ${label}`);
  };
  const grouped = groupings
    .filter((label) => !ofTheScraper.has(label))
    .filter((label) => !selectors.some(({ metric }) => series.get(metric)?.has(label)))
    .map((label) => `no metric here has the label ${label} to group by`);
  return [...errors, ...selectors.flatMap(unknown), ...grouped];
}
