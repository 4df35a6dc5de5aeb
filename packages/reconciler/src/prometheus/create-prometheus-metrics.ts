import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricDefinition, Metrics } from '../metrics/metrics.ts';

/** Metrics that can be shown to Prometheus. */
export interface PrometheusMetrics extends Metrics {
  /** For the header of an answer with `text()`. */
  readonly contentType: string;
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>;
}

/**
 * Metrics in a registry of their own, for Prometheus to fetch. A definition that prom-client refuses, or one name for
 * two kinds of metrics, throws where it is defined; labels that were not defined throw where they are used.
 */
export function createPrometheusMetrics(): PrometheusMetrics {
  const registry = new Registry();
  const inRegistry = ({ name, help, labels = [] }: MetricDefinition) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const counters = once((definition) => new Counter(inRegistry(definition)));
  const gauges = once((definition) => new Gauge(inRegistry(definition)));
  const histograms = once(
    ({ buckets, ...definition }) =>
      new Histogram({ ...inRegistry(definition), ...(buckets && { buckets: [...buckets] }) }),
  );
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counter: (definition) => {
      const counter = counters(definition);
      return { inc: (labels = {}, by = 1) => counter.inc(labels, by) };
    },
    gauge: (definition) => {
      const gauge = gauges(definition);
      return { set: (labels, value) => gauge.set(labels, value), remove: (labels) => gauge.remove(labels) };
    },
    histogram: (definition) => {
      const histogram = histograms(definition);
      return { observe: (labels, value) => histogram.observe(labels, value) };
    },
  };
}

/** One metric for each name, however often it is asked for. */
function once<M>(create: (definition: MetricDefinition) => M): (definition: MetricDefinition) => M {
  const known = new Map<string, M>();
  return (definition) => {
    const metric = known.get(definition.name) ?? create(definition);
    known.set(definition.name, metric);
    return metric;
  };
}
