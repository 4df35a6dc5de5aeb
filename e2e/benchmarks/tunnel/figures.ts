import { type RatioInterval, ratioInterval } from '../statistics/ratio-interval.ts';
import { type Summary, summarize } from '../statistics/summary.ts';

/** What one run of the traffic program found. */
export interface TrafficFacts {
  readonly megabytesPerSecond: number;
  readonly rttMs: number;
  readonly rttP99Ms: number;
}

/** The ways that are measured: a link without and with our rules, and both ways between two leaves of the lab. */
export const paths = ['raw', 'remap', 'centre', 'direct'] as const;
export type TunnelPath = (typeof paths)[number];

/** All ways, measured right after each other. */
export type TunnelRound = Readonly<Record<TunnelPath, TrafficFacts>>;

export interface PathFigures {
  readonly megabytesPerSecond: Summary;
  /** Of the rounds' medians. */
  readonly rttMs: Summary;
  readonly rttP99Ms: Summary;
}

export interface TunnelRatios {
  readonly throughput: RatioInterval;
  readonly rtt: RatioInterval;
}

export interface TunnelFigures {
  readonly paths: Readonly<Record<TunnelPath, PathFigures>>;
  /** Round by round. */
  readonly ratios: { readonly remapToRaw: TunnelRatios; readonly directToCentre: TunnelRatios };
}

/** Throws RangeError without rounds. */
export function tunnelFigures(rounds: readonly TunnelRound[]): TunnelFigures {
  return {
    paths: {
      raw: pathFigures(rounds, 'raw'),
      remap: pathFigures(rounds, 'remap'),
      centre: pathFigures(rounds, 'centre'),
      direct: pathFigures(rounds, 'direct'),
    },
    ratios: {
      remapToRaw: ratiosOf(rounds, 'remap', 'raw'),
      directToCentre: ratiosOf(rounds, 'direct', 'centre'),
    },
  };
}

/** The numbers at the top of the document. */
export function tunnelHeadline({ ratios }: TunnelFigures): Record<string, number> {
  return {
    remapThroughputRatio: ratios.remapToRaw.throughput.ratio,
    remapRttRatio: ratios.remapToRaw.rtt.ratio,
    directThroughputRatio: ratios.directToCentre.throughput.ratio,
    directRttRatio: ratios.directToCentre.rtt.ratio,
  };
}

function pathFigures(rounds: readonly TunnelRound[], path: TunnelPath): PathFigures {
  const summary = (value: (facts: TrafficFacts) => number): Summary =>
    summarize(rounds.map((round) => value(round[path])));
  return {
    megabytesPerSecond: summary(({ megabytesPerSecond }) => megabytesPerSecond),
    rttMs: summary(({ rttMs }) => rttMs),
    rttP99Ms: summary(({ rttP99Ms }) => rttP99Ms),
  };
}

function ratiosOf(rounds: readonly TunnelRound[], first: TunnelPath, second: TunnelPath): TunnelRatios {
  const ratio = (value: (facts: TrafficFacts) => number): RatioInterval =>
    ratioInterval(rounds.map((round) => [value(round[first]), value(round[second])]));
  return {
    throughput: ratio(({ megabytesPerSecond }) => megabytesPerSecond),
    rtt: ratio(({ rttMs }) => rttMs),
  };
}
