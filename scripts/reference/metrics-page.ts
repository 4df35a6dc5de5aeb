import type { MetricDescription } from '@leafway/reconciler';
import type { ProgramMetrics } from '../lib/program-metrics.ts';
import { table } from './table.ts';

/** The reference page of all metrics in Markdown, a table for each program. */
export function renderMetricsPage(programs: readonly ProgramMetrics[]): string {
  return [
    '# Metrics',
    'Controller and webhook serve these under `/metrics` of their health port, as text for Prometheus. Beside the labels ' +
      'of this page each series has those that the scraper adds. What a metric is about is gone from the page when it is ' +
      'gone from the cluster: a gauge with the name of a leaf or of a shortcut ends with it. The leaf agent has no metrics; what it ' +
      'sees is in the objects that it writes. [Monitoring](../operations/monitoring.md) says which of them to look at.',
    ...programs.flatMap(({ program, metrics }) => [`## The ${program}`, tableOf(metrics)]),
  ].join('\n\n');
}

function tableOf(metrics: readonly MetricDescription[]): string {
  const rows = metrics.map(({ name, kind, labels, help }) => {
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return [`\`${name}\``, kind, names, help];
  });
  return table(['Metric', 'Kind', 'Labels', 'Meaning'], rows);
}
