import type { Metrics } from '../metrics/metrics.ts';

/** Seconds. client-go has finer ones, from 10 ns; below a millisecond there is nothing to see here. */
const buckets = [0.001, 0.01, 0.1, 1, 10, 100, 1000];

/** What a queue tells of itself, under the names of client-go's work queue, so that dashboards made for it work. */
export interface QueueMetrics {
  depth(keys: number): void;
  added(): void;
  retried(): void;
  waited(ms: number): void;
  worked(ms: number): void;
}

export function createQueueMetrics(metrics: Metrics, name: string): QueueMetrics {
  const labels = ['name'];
  const own = { name };
  const depth = metrics.gauge({ name: 'workqueue_depth', help: 'Keys that wait for a run.', labels });
  const adds = metrics.counter({ name: 'workqueue_adds_total', help: 'Keys that came to wait for a run.', labels });
  const retries = metrics.counter({ name: 'workqueue_retries_total', help: 'Runs that failed.', labels });
  const waited = metrics.histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited for its run.',
    labels,
    buckets,
  });
  const worked = metrics.histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long a key was worked on.',
    labels,
    buckets,
  });
  return {
    depth: (keys) => depth.set(own, keys),
    added: () => adds.inc(own),
    retried: () => retries.inc(own),
    waited: (ms) => waited.observe(own, ms / 1000),
    worked: (ms) => worked.observe(own, ms / 1000),
  };
}
