import type { Metrics } from '../metrics/metrics.ts';

/** How a run ended, in controller-runtime's words. */
export type RunResult = 'success' | 'requeue_after' | 'error';

const buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What a controller tells of its runs, under the names of controller-runtime, so that dashboards made for it work. */
export interface ControllerMetrics {
  active(workers: number): void;
  ended(result: RunResult, ms: number): void;
}

export function createControllerMetrics(metrics: Metrics, controller: string): ControllerMetrics {
  const own = { controller };
  const active = metrics.gauge({
    name: 'controller_runtime_active_workers',
    help: 'Runs under way.',
    labels: ['controller'],
  });
  const total = metrics.counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Runs, by how they ended.',
    labels: ['controller', 'result'],
  });
  const time = metrics.histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'How long a run took.',
    labels: ['controller'],
    buckets,
  });
  return {
    active: (workers) => active.set(own, workers),
    ended: (result, ms) => {
      total.inc({ controller, result });
      time.observe(own, ms / 1000);
    },
  };
}
