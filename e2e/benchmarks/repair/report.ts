import { formatAims } from '../report/aims.ts';
import { formatMs, formatTable } from '../report/table.ts';
import type { RepairFigures, RepairRow } from './figures.ts';

/** The figures as lines for people. */
export function reportRepair({ rows, all, aims }: RepairFigures): string[] {
  const row = (what: string, { count, median, p95, max }: Omit<RepairRow, 'kind' | 'damage'>): string[] => [
    what,
    String(count),
    ...[median, p95, max].map(formatMs),
  ];
  return [
    ...formatTable([
      ['by hand, on a leaf', 'times', 'median', '95 %', 'longest'],
      ...rows.map((each) => row(`${each.kind} ${each.damage}`, each)),
      row('all but deleted namespaces', all),
    ]),
    "Kubernetes' namespace controller by itself waits 5 s before it removes a namespace.",
    '',
    ...formatAims(aims),
  ];
}
