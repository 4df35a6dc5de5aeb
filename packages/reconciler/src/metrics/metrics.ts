/** The values by which one metric is told apart; keep them few, each combination is a time series. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is called and means. */
export interface MetricDefinition {
  /** As Prometheus wants names: the unit at the end, `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  /** The names of its labels. */
  readonly labels?: readonly string[];
  /** Upper bounds, for a histogram. */
  readonly buckets?: readonly number[];
}

/** Only goes up. */
export interface Counter {
  inc(labels?: Labels, by?: number): void;
}

/** Has one value at a time. */
export interface Gauge {
  set(labels: Labels, value: number): void;
  /** What these labels stand for is gone, and its value with it. */
  remove(labels: Labels): void;
}

/** Counts what it is shown, by size. */
export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** Where measurements go. Asking twice for a name gives the same metric, so that many parts can share one. */
export interface Metrics {
  counter(definition: MetricDefinition): Counter;
  gauge(definition: MetricDefinition): Gauge;
  histogram(definition: MetricDefinition): Histogram;
}

/** Measures nothing; the default everywhere. */
export const noMetrics: Metrics = {
  counter: () => ({ inc: () => {} }),
  gauge: () => ({ set: () => {}, remove: () => {} }),
  histogram: () => ({ observe: () => {} }),
};
