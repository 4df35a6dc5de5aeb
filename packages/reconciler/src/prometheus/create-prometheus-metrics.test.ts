import { register } from 'prom-client';
import { expect, test } from 'vitest';
import { createPrometheusMetrics } from './create-prometheus-metrics.ts';

test('what is measured stands in the text, by name and labels', async () => {
  const metrics = createPrometheusMetrics();
  metrics.counter({ name: 'runs_total', help: 'Runs.', labels: ['outcome'] }).inc({ outcome: 'done' });
  metrics.counter({ name: 'starts_total', help: 'Starts.' }).inc({}, 3);
  metrics.gauge({ name: 'depth', help: 'Depth.', labels: ['queue'] }).set({ queue: 'a' }, 7);
  metrics.histogram({ name: 'took_seconds', help: 'Took.', labels: [], buckets: [0.1, 1] }).observe({}, 0.5);
  const text = await metrics.text();
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      '# HELP runs_total Runs.',
      '# TYPE runs_total counter',
      'runs_total{outcome="done"} 1',
      'starts_total 3',
      'depth{queue="a"} 7',
      'took_seconds_bucket{le="0.1"} 0',
      'took_seconds_bucket{le="1"} 1',
      'took_seconds_count 1',
    ]),
  );
  expect(metrics.contentType).toMatch(/^text\/plain/);
});

test('what is gone has no value any more, and its neighbours keep theirs', async () => {
  const metrics = createPrometheusMetrics();
  const gauge = metrics.gauge({ name: 'reachable', help: 'Reachable.', labels: ['leaf'] });
  gauge.set({ leaf: 'rome' }, 1);
  gauge.set({ leaf: 'milan' }, 1);
  gauge.remove({ leaf: 'rome' });
  gauge.remove({ leaf: 'never there' });
  expect((await metrics.text()).split('\n')).toEqual([
    '# HELP reachable Reachable.',
    '# TYPE reachable gauge',
    'reachable{leaf="milan"} 1',
    '',
  ]);
});

test('the same name twice is one metric, and another one in another registry', async () => {
  const metrics = createPrometheusMetrics();
  const definition = { name: 'shared_total', help: 'Shared.', labels: ['who'] };
  metrics.counter(definition).inc({ who: 'a' });
  metrics.counter(definition).inc({ who: 'a' });
  createPrometheusMetrics().counter(definition).inc({ who: 'a' });
  expect(await metrics.text()).toContain('shared_total{who="a"} 2');
  expect(register.getSingleMetric('shared_total')).toBeUndefined();
});

test('a name for two kinds of metrics, and a label that was not defined, are refused', () => {
  const metrics = createPrometheusMetrics();
  const counter = metrics.counter({ name: 'one', help: 'One.', labels: ['a'] });
  expect(() => metrics.gauge({ name: 'one', help: 'One.' })).toThrow('already been registered');
  expect(() => counter.inc({ b: 'x' })).toThrow('label "b" is not included');
});
