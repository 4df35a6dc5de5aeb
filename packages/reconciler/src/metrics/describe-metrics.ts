import type { MetricDefinition, Metrics } from './metrics.ts';

/** One metric as it was defined. */
export interface MetricDescription extends MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}

/**
 * What would be measured by parts that are given these metrics, by name; for reference pages and for checks of alerts and
 * dashboards. Nothing is counted.
 */
export function describeMetrics(define: (metrics: Metrics) => void): MetricDescription[] {
  const known = new Map<string, MetricDescription>();
  const note = (kind: MetricDescription['kind'], definition: MetricDefinition): void => {
    known.set(definition.name, { labels: [], ...definition, kind });
  };
  define({
    counter: (definition) => {
      note('counter', definition);
      return { inc: () => {} };
    },
    gauge: (definition) => {
      note('gauge', definition);
      return { set: () => {}, remove: () => {} };
    },
    histogram: (definition) => {
      note('histogram', definition);
      return { observe: () => {} };
    },
  });
  return [...known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
