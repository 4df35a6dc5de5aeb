import type { RunningLab } from '@leafway/lab';

/** What every benchmark is given. */
interface Context {
  /** As few repetitions as show that it works; the figures mean nothing. */
  readonly quick: boolean;
  /** Tells how far it is. */
  progress(line: string): void;
}

/** What a benchmark in a lab is given. */
export interface BenchmarkContext extends Context {
  /** A lab of its own with the clusters that it asked for. */
  readonly lab: RunningLab;
}

/** What a benchmark is given that mostly does without a lab. */
export interface FreeContext extends Context {
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Runs a part of it in a lab of its own; `flags` as of `leafway lab up`. */
  withLab<T>(clusters: readonly string[], flags: readonly string[], use: (lab: RunningLab) => Promise<T>): Promise<T>;
}

/** What it found out. */
export interface BenchmarkOutcome {
  /** The few numbers that stand at the top of the JSON document; their names say the unit. */
  readonly headline: Readonly<Record<string, number>>;
  /** All figures, as JSON. */
  readonly figures: object;
  /** The same for people. */
  readonly report: readonly string[];
}

interface BenchmarkFacts {
  readonly name: string;
  /** What it measures, in a few words. */
  readonly summary: string;
  /** How long it takes on two cores, its lab included. */
  readonly seconds: { readonly full: number; readonly quick: number };
}

/** A benchmark that measures in a lab from its beginning to its end. */
export interface BenchmarkInLab extends BenchmarkFacts {
  /** The clusters of its lab, the centre first. */
  readonly clusters: readonly string[];
  run(context: BenchmarkContext): Promise<BenchmarkOutcome>;
}

/** A benchmark that starts a lab only for what needs one. */
export interface FreeBenchmark extends BenchmarkFacts {
  readonly clusters?: undefined;
  run(context: FreeContext): Promise<BenchmarkOutcome>;
}

export type Benchmark = BenchmarkInLab | FreeBenchmark;
