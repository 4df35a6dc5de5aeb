export type { PrometheusMetrics } from './create-prometheus-metrics.ts';
export { createPrometheusMetrics } from './create-prometheus-metrics.ts';
