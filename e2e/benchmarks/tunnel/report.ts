import { formatMs, formatRatio, formatTable } from '../report/table.ts';
import type { Summary } from '../statistics/summary.ts';
import { paths, type TunnelFigures, type TunnelPath } from './figures.ts';

const descriptions: Readonly<Record<TunnelPath, string>> = {
  raw: 'a link without rules',
  remap: 'the same link with our rules',
  centre: 'leaf to leaf, through the centre',
  direct: 'leaf to leaf, direct',
};

/** The figures as lines for people. */
export function reportTunnel({ paths: figures, ratios }: TunnelFigures): string[] {
  const megabytes = (value: number): string => value.toFixed(1);
  return [
    ...formatTable([
      [
        `median (quartiles) of ${figures.raw.rttMs.count} rounds`,
        'download, MB/s',
        'round trip',
        'round trip, 99 % of a round',
      ],
      ...paths.map((path) => {
        const { megabytesPerSecond, rttMs, rttP99Ms } = figures[path];
        return [
          descriptions[path],
          spread(megabytesPerSecond, megabytes),
          spread(rttMs, formatMs),
          spread(rttP99Ms, formatMs),
        ];
      }),
    ]),
    '',
    ...formatTable([
      ['ratio, round by round', 'download', 'round trip'],
      ['with rules / without', formatRatio(ratios.remapToRaw.throughput), formatRatio(ratios.remapToRaw.rtt)],
      [
        'direct / through the centre',
        formatRatio(ratios.directToCentre.throughput),
        formatRatio(ratios.directToCentre.rtt),
      ],
    ]),
    'Client, server and all gateways share the cores of this machine: the ratios say more than the speeds.',
  ];
}

const spread = ({ median, q1, q3 }: Summary, format: (value: number) => string): string =>
  `${format(median)} (${format(q1)} – ${format(q3)})`;
