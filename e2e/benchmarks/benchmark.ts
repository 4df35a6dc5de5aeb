import type { RunningLab } from '@leafway/lab';

/** What a benchmark is given. */
export interface BenchmarkContext {
  /** A lab of its own with the clusters that it asked for. */
  readonly lab: RunningLab;
  /** As few repetitions as show that it works; the figures mean nothing. */
  readonly quick: boolean;
  /** Tells how far it is. */
  progress(line: string): void;
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

export interface Benchmark {
  readonly name: string;
  /** What it measures, in a few words. */
  readonly summary: string;
  /** How long it takes on two cores, its lab included. */
  readonly seconds: { readonly full: number; readonly quick: number };
  /** The clusters of its lab, the centre first. */
  readonly clusters: readonly string[];
  run(context: BenchmarkContext): Promise<BenchmarkOutcome>;
}
