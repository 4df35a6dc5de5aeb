import { expect, test } from 'vitest';
import { describeMetrics } from './describe-metrics.ts';

test('every metric is described once, by name, with its kind and labels', () => {
  const described = describeMetrics((metrics) => {
    metrics.histogram({ name: 'took_seconds', help: 'Took.', buckets: [1] }).observe({}, 2);
    for (const queue of ['a', 'b']) {
      metrics.gauge({ name: 'depth', help: 'Depth.', labels: ['queue'] }).set({ queue }, 1);
    }
    metrics.counter({ name: 'runs_total', help: 'Runs.' }).inc();
  });
  expect(described).toEqual([
    { name: 'depth', help: 'Depth.', labels: ['queue'], kind: 'gauge' },
    { name: 'runs_total', help: 'Runs.', labels: [], kind: 'counter' },
    { name: 'took_seconds', help: 'Took.', labels: [], buckets: [1], kind: 'histogram' },
  ]);
});
