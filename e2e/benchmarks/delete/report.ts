import { formatAims } from '../report/aims.ts';
import { formatMs, formatRange, formatTable } from '../report/table.ts';
import type { Summary } from '../statistics/summary.ts';
import type { DeleteFigures, OriginFigures } from './figures.ts';

/** The figures as lines for people. */
export function reportDelete({ origins, neighbours, aims }: DeleteFigures): string[] {
  const { made, found } = origins;
  const cell = (summary: Summary | undefined): string =>
    summary === undefined ? 'stay' : formatRange(summary, formatMs);
  const row = (what: string, value: (one: OriginFigures) => Summary | undefined): string[] => [
    what,
    cell(value(made)),
    cell(value(found)),
  ];
  const kinds = Object.keys(made.byKind).filter((kind) => kind !== 'Namespace');
  return [
    ...formatTable([
      [`median (min – max) of ${made.shortcutMs.count} deletes`, 'namespaces made', 'namespaces there before'],
      row('the shortcut is gone', ({ shortcutMs }) => shortcutMs),
      row('every network object is gone on both leaves', ({ networkMs }) => networkMs),
      ...kinds.map((kind) => row(`  ${kind}`, ({ byKind }) => byKind[kind])),
      row('the tenant namespaces are gone', ({ namespacesMs }) => namespacesMs),
    ]),
    "Kubernetes' namespace controller by itself waits 5 s before it removes a namespace.",
    '',
    `datagrams meanwhile over a shortcut beside it: ${answered(neighbours.direct)}; through the centre: ${answered(neighbours.throughCentre)}`,
    ...formatAims(aims),
  ];
}

const answered = ({ sent, answered: came }: { readonly sent: number; readonly answered: number }): string =>
  `${came} of ${sent} came back`;
