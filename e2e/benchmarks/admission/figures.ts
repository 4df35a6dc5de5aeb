import { type Aim, judgeAim, judgeAimAtLeast } from '../report/aims.ts';
import { type RatioInterval, ratioInterval } from '../statistics/ratio-interval.ts';
import { median, type Summary, summarize } from '../statistics/summary.ts';
import type { CreateSample } from './creating/run-creating.ts';
import type { FleetSample } from './index/run-index.ts';
import type { Side } from './programs.ts';
import { inFlight, type ServingSample } from './serving/run-serving.ts';

/** Everything that was measured. */
export interface AdmissionSamples {
  readonly few: FleetSample;
  readonly many: FleetSample;
  /** In the order in which they were taken. */
  readonly serving: readonly ServingSample[];
  readonly creates: readonly CreateSample[];
}

/** The fleet in memory; times are of one decision, one prefix, one change. */
export interface FleetFigures {
  readonly leaves: number;
  readonly shortcuts: number;
  readonly loadMs: number;
  /** What the leaves take, with the names that they have for their peers. */
  readonly leavesMib: number;
  readonly shortcutsMib: number;
  readonly decisionUs: Summary;
  readonly decisionP99Us: Summary;
  readonly prefixNs: Summary;
  readonly farPrefixNs: Summary;
  readonly addUs: Summary;
  readonly updateUs: Summary;
  readonly removeUs: Summary;
}

/** One side with a number of requests in flight. */
export interface ServingFigures {
  readonly perSecond: Summary;
  readonly p50Ms: Summary;
  readonly p99Ms: Summary;
  readonly maxMs: Summary;
  readonly cpuUs: Summary;
  readonly residentMib: number;
}

export interface CreateFigures {
  readonly p50Ms: Summary;
  readonly p99Ms: Summary;
}

export interface AdmissionFigures {
  readonly few: FleetFigures;
  readonly many: FleetFigures;
  /** Many to few. */
  readonly decisionRatio: RatioInterval;
  readonly updateRatio: RatioInterval;
  /** What 10,000 shortcuts take; and what their names in the facts of their leaves take besides. */
  readonly mibPer10k: number;
  readonly namesMibPer10k: number;
  readonly saturated: Readonly<Record<Side, ServingFigures>>;
  readonly fewInFlight: Readonly<Record<Side, ServingFigures>>;
  /** Ours to Go's, as all ratios below. */
  readonly throughputRatio: RatioInterval;
  readonly p99Ratio: RatioInterval;
  readonly cpuRatio: RatioInterval;
  readonly creates: Readonly<Record<Side, CreateFigures>>;
  readonly createP50Ratio: RatioInterval;
  readonly createP99Ratio: RatioInterval;
  readonly aims: readonly Aim[];
}

export function admissionFigures({ few, many, serving, creates }: AdmissionSamples): AdmissionFigures {
  const saturated = serving.filter((sample) => sample.inFlight === inFlight.saturated);
  const fewInFlight = serving.filter((sample) => sample.inFlight === inFlight.few);
  const per10k = 10_000 / (many.size.shortcuts - few.size.shortcuts);
  const figures = {
    few: fleetFigures(few),
    many: fleetFigures(many),
    decisionRatio: betweenFleets(many, few, ({ decisions }) => decisions.map(({ meanUs }) => meanUs)),
    updateRatio: betweenFleets(many, few, ({ changes }) => changes.map(({ updateUs }) => updateUs)),
    mibPer10k: (many.load.shortcutsMib - few.load.shortcutsMib) * per10k,
    namesMibPer10k: (many.load.leavesMib - few.load.leavesMib) * per10k,
    saturated: bySide(saturated, servingFigures),
    fewInFlight: bySide(fewInFlight, servingFigures),
    throughputRatio: oursToGo(saturated, ({ perSecond }) => perSecond),
    p99Ratio: oursToGo(fewInFlight, ({ p99Ms }) => p99Ms),
    cpuRatio: oursToGo(saturated, ({ cpuUs }) => cpuUs),
    creates: bySide(creates, createFigures),
    createP50Ratio: oursToGo(creates, ({ p50Ms }) => p50Ms),
    createP99Ratio: oursToGo(creates, ({ p99Ms }) => p99Ms),
  };
  return { ...figures, aims: aimsOf(figures) };
}

/** The numbers at the top of the document. */
export function admissionHeadline(figures: Omit<AdmissionFigures, 'aims'>) {
  return {
    throughputRatio: figures.throughputRatio.ratio,
    p99Ratio: figures.p99Ratio.ratio,
    createP99Ratio: figures.createP99Ratio.ratio,
    decisionRatio100kTo100: figures.decisionRatio.ratio,
    prefixCheckNs: figures.many.prefixNs.median,
    mibPer10k: figures.mibPer10k,
  } satisfies Record<string, number>;
}

function aimsOf(figures: Omit<AdmissionFigures, 'aims'>): Aim[] {
  const headline = admissionHeadline(figures);
  const { few, many } = figures;
  return [
    judgeAimAtLeast('throughput of the webhook, saturated, to that of the Go one', headline.throughputRatio, 1),
    judgeAim(`p99 with ${inFlight.few} in flight, to that of the Go one`, headline.p99Ratio, 0.5),
    judgeAim('p99 of a create through an API server, to that with the Go one', headline.createP99Ratio, 1.1),
    judgeAim(
      `an admission decision with ${many.shortcuts} shortcuts, to one with ${few.shortcuts}`,
      headline.decisionRatio100kTo100,
      1.25,
    ),
    judgeAim('one prefix against all others of its leaf, in ns', headline.prefixCheckNs, 200),
    judgeAim('memory for 10,000 shortcuts, in MiB', headline.mibPer10k, 8),
  ];
}

function fleetFigures({ size, load, decisions, prefixes, changes }: FleetSample): FleetFigures {
  return {
    ...size,
    ...load,
    decisionUs: summarize(decisions.map(({ meanUs }) => meanUs)),
    decisionP99Us: summarize(decisions.map(({ p99Us }) => p99Us)),
    prefixNs: summarize(prefixes.map(({ meanNs }) => meanNs)),
    farPrefixNs: summarize(prefixes.map(({ farNs }) => farNs)),
    addUs: summarize(changes.map(({ addUs }) => addUs)),
    updateUs: summarize(changes.map(({ updateUs }) => updateUs)),
    removeUs: summarize(changes.map(({ removeUs }) => removeUs)),
  };
}

function servingFigures(samples: readonly ServingSample[]): ServingFigures {
  const summary = (value: (sample: ServingSample) => number): Summary => summarize(samples.map(value));
  return {
    perSecond: summary(({ perSecond }) => perSecond),
    p50Ms: summary(({ p50Ms }) => p50Ms),
    p99Ms: summary(({ p99Ms }) => p99Ms),
    maxMs: summary(({ maxMs }) => maxMs),
    cpuUs: summary(({ cpuUs }) => cpuUs),
    residentMib: median(samples.map(({ residentMib }) => residentMib)),
  };
}

function createFigures(samples: readonly CreateSample[]): CreateFigures {
  return {
    p50Ms: summarize(samples.map(({ p50Ms }) => p50Ms)),
    p99Ms: summarize(samples.map(({ p99Ms }) => p99Ms)),
  };
}

function bySide<S extends { readonly side: Side }, F>(
  samples: readonly S[],
  figures: (samples: readonly S[]) => F,
): Record<Side, F> {
  const of = (side: Side): F => figures(samples.filter((sample) => sample.side === side));
  return { ours: of('ours'), go: of('go') };
}

/** Sample by sample: the n-th of ours and the n-th of the peer were taken one after the other. */
function oursToGo<S extends { readonly side: Side }>(
  samples: readonly S[],
  value: (sample: S) => number,
): RatioInterval {
  const of = (side: Side): number[] => samples.filter((sample) => sample.side === side).map(value);
  return ratioInterval(pairUp(of('ours'), of('go')));
}

function betweenFleets(
  many: FleetSample,
  few: FleetSample,
  values: (sample: FleetSample) => readonly number[],
): RatioInterval {
  return ratioInterval(pairUp(values(many), values(few)));
}

function pairUp(first: readonly number[], second: readonly number[]): [number, number][] {
  if (first.length !== second.length) throw new RangeError(`${first.length} samples against ${second.length}`);
  return first.map((value, index) => [value, second[index] as number]);
}
