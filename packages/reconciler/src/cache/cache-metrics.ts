import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';

/** What a cache tells of itself. */
export interface CacheMetrics {
  /** How much it holds. */
  size(objects: number): void;
  listed(): void;
  watched(): void;
  /** The server said something: a list, an event, a bookmark. */
  heard(): void;
  failed(): void;
  /** Nothing is followed any more: an old value would look like a watch that fell silent. */
  ended(): void;
}

export function createCacheMetrics(metrics: Metrics, cluster: string, resource: string, clock: Clock): CacheMetrics {
  const own = { cluster, resource };
  const labels = ['cluster', 'resource'];
  const objects = metrics.gauge({ name: 'cache_objects', help: 'Objects in a cache.', labels });
  const lists = metrics.counter({
    name: 'cache_lists_total',
    help: 'Complete lists; the second and later ones because something may have been missed.',
    labels,
  });
  const watches = metrics.counter({ name: 'cache_watches_total', help: 'Watches that were begun.', labels });
  const failures = metrics.counter({ name: 'cache_failures_total', help: 'Lists and watches that failed.', labels });
  const heard = metrics.gauge({
    name: 'cache_last_heard_timestamp_seconds',
    help: 'When the server last said something: a list, an event, or a bookmark, which comes about once a minute.',
    labels,
  });
  return {
    size: (count) => objects.set(own, count),
    listed: () => lists.inc(own),
    watched: () => watches.inc(own),
    heard: () => heard.set(own, clock.now().getTime() / 1000),
    failed: () => failures.inc(own),
    ended: () => {
      objects.remove(own);
      heard.remove(own);
    },
  };
}
