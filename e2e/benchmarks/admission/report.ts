import { formatAims } from '../report/aims.ts';
import { formatCount, formatMs, formatRange, formatRatio, formatTable } from '../report/table.ts';
import type { RatioInterval } from '../statistics/ratio-interval.ts';
import type { Summary } from '../statistics/summary.ts';
import type { AdmissionFigures, FleetFigures, ServingFigures } from './figures.ts';
import { inFlight } from './serving/run-serving.ts';

/** The figures as lines for people. */
export function reportAdmission(figures: AdmissionFigures): string[] {
  const { few, many, saturated, fewInFlight, creates } = figures;
  return [
    'In the memory of the webhook',
    ...formatTable([
      ['', `${few.shortcuts} shortcuts`, `${many.shortcuts} shortcuts`, 'ratio'],
      fleetRow('a whole decision, µs', figures, ({ decisionUs }) => decisionUs, figures.decisionRatio),
      fleetRow('its p99, µs', figures, ({ decisionP99Us }) => decisionP99Us),
      fleetRow('one prefix against its leaf, ns', figures, ({ prefixNs }) => prefixNs),
      fleetRow('each against another leaf, ns', figures, ({ farPrefixNs }) => farPrefixNs),
      fleetRow('adding a shortcut, µs', figures, ({ addUs }) => addUs),
      fleetRow('changing one, µs', figures, ({ updateUs }) => updateUs, figures.updateRatio),
      fleetRow('removing one, µs', figures, ({ removeUs }) => removeUs),
      ['loading everything', formatMs(few.loadMs), formatMs(many.loadMs)],
      ['the shortcuts, MiB', formatCount(few.shortcutsMib), formatCount(many.shortcutsMib)],
      [`the ${many.leaves} leaves, MiB`, formatCount(few.leavesMib), formatCount(many.leavesMib)],
    ]),
    `for 10,000 shortcuts: ${figures.mibPer10k.toFixed(1)} MiB, and ${figures.namesMibPer10k.toFixed(1)} MiB for their names in the facts of the leaves`,
    '',
    `Over HTTPS, ${inFlight.saturated} in flight`,
    ...servingTable(saturated, [
      ['admissions per second', ({ perSecond }) => perSecond, formatCount, figures.throughputRatio],
      ['p50', ({ p50Ms }) => p50Ms, formatMs],
      ['p99', ({ p99Ms }) => p99Ms, formatMs],
      ['processor time of one, µs', ({ cpuUs }) => cpuUs, formatCount, figures.cpuRatio],
    ]),
    '',
    `Over HTTPS, ${inFlight.few} in flight`,
    ...servingTable(fewInFlight, [
      ['admissions per second', ({ perSecond }) => perSecond, formatCount],
      ['p50', ({ p50Ms }) => p50Ms, formatMs],
      ['p99', ({ p99Ms }) => p99Ms, formatMs, figures.p99Ratio],
      ['longest', ({ maxMs }) => maxMs, formatMs],
    ]),
    `in memory afterwards: ours ${Math.round(fewInFlight.ours.residentMib)} MiB, Go ${Math.round(fewInFlight.go.residentMib)} MiB`,
    '',
    'Creates through a real API server, one in flight',
    ...formatTable([
      ['', 'ours', 'Go', 'ratio'],
      ['p50', ms(creates.ours.p50Ms), ms(creates.go.p50Ms), formatRatio(figures.createP50Ratio)],
      ['p99', ms(creates.ours.p99Ms), ms(creates.go.p99Ms), formatRatio(figures.createP99Ratio)],
    ]),
    '',
    ...formatAims(figures.aims),
  ];
}

type Format = (value: number) => string;

const ms = (summary: Summary): string => formatRange(summary, formatMs);

function fleetRow(
  what: string,
  { few, many }: AdmissionFigures,
  value: (fleet: FleetFigures) => Summary,
  ratio?: RatioInterval,
): string[] {
  const cells = [few, many].map((fleet) => formatRange(value(fleet), formatCount));
  return [what, ...cells, ...(ratio === undefined ? [] : [formatRatio(ratio)])];
}

function servingTable(
  { ours, go }: AdmissionFigures['saturated'],
  rows: readonly (readonly [string, (figures: ServingFigures) => Summary, Format, RatioInterval?])[],
): string[] {
  return formatTable([
    ['', 'ours', 'Go', 'ratio'],
    ...rows.map(([what, value, format, ratio]) => [
      what,
      ...[ours, go].map((side) => formatRange(value(side), format)),
      ...(ratio === undefined ? [] : [formatRatio(ratio)]),
    ]),
  ]);
}
