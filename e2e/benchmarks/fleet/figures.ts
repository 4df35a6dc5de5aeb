import { type Aim, judgeAim } from '../report/aims.ts';
import { type RatioInterval, ratioInterval } from '../statistics/ratio-interval.ts';
import { median, quantile } from '../statistics/summary.ts';
import type { RealFacts } from './real/run-real.ts';
import type { IsolationFacts, SimulatedFacts } from './simulated/facts.ts';

/** A fleet of real servers, and two in memory that differ in their size alone. */
export interface FleetSamples {
  readonly real: RealFacts;
  readonly few: SimulatedFacts;
  readonly many: SimulatedFacts;
}

/** Times to Ready in milliseconds. */
export interface IsolationFigures {
  readonly aloneMs: number;
  readonly besideMs: number;
  readonly besideP95Ms: number;
  /** Beside to alone, of the medians. */
  readonly ratio: number;
  readonly requestsInOneSecond: number;
}

export interface FleetFigures extends FleetSamples {
  /** Requests to Ready and to gone, of the large fleet to the small one. */
  readonly requestsRatio: number;
  readonly isolation: { readonly hung: IsolationFigures; readonly failing: IsolationFigures };
  /** The same with real servers that hang, pair by pair; without what these are asked: they log nothing. */
  readonly realIsolation: Omit<IsolationFigures, 'requestsInOneSecond' | 'ratio'> & RatioInterval;
  readonly aims: readonly Aim[];
}

export function fleetFigures(samples: FleetSamples): FleetFigures {
  const { real, few, many } = samples;
  const requests = ({ operations }: SimulatedFacts): number => operations.requestsToReady + operations.requestsToGone;
  const requestsRatio = requests(many) / requests(few);
  const isolation = { hung: isolationOf(many.isolation.hung), failing: isolationOf(many.isolation.failing) };
  const realIsolation = { ...timesOf(real.isolation), ...ratioInterval(pairsOf(real.isolation)) };
  return {
    ...samples,
    requestsRatio,
    isolation,
    realIsolation,
    aims: [
      judgeAim('requests for one shortcut, beside many / beside few', requestsRatio, 1),
      judgeAim('memory for 10,000 cached objects, MiB', many.memory.cachesMibPer10k, 8),
      judgeAim('requests in the steady state, real servers', real.steady.requests, 0),
      judgeAim('requests in the steady state, beside many', many.steady.requests, 0),
      judgeAim('time to Ready beside leaves that hang / alone, real servers', realIsolation.ratio, 1.1),
      judgeAim('time to Ready beside leaves that hang / alone', isolation.hung.ratio, 1.1),
      judgeAim('time to Ready beside leaves that fail / alone', isolation.failing.ratio, 1.1),
      judgeAim('requests a second to a leaf that hangs', isolation.hung.requestsInOneSecond, 10),
      judgeAim('requests a second to a leaf that fails', isolation.failing.requestsInOneSecond, 10),
    ],
  };
}

/** The numbers at the top of the document. */
export function fleetHeadline({ real, many, requestsRatio, realIsolation }: FleetFigures): Record<string, number> {
  return {
    fleetReadySeconds: real.seconds,
    fleetRequestsRatio: requestsRatio,
    fleetMibPer10k: many.memory.cachesMibPer10k,
    fleetColdStartSeconds: many.cold.seconds,
    fleetHungRatio: realIsolation.ratio,
  };
}

function isolationOf({ requestsInOneSecond, ...times }: IsolationFacts): IsolationFigures {
  return { ...timesOf(times), requestsInOneSecond };
}

const pairsOf = ({ aloneMs, besideMs }: RealFacts['isolation']): (readonly [number, number])[] =>
  besideMs.map((ms, index) => [ms, aloneMs[index] ?? Number.NaN]);

function timesOf({ aloneMs, besideMs }: RealFacts['isolation']): Omit<IsolationFigures, 'requestsInOneSecond'> {
  return {
    aloneMs: median(aloneMs),
    besideMs: median(besideMs),
    besideP95Ms: quantile(besideMs, 0.95),
    ratio: median(besideMs) / median(aloneMs),
  };
}
