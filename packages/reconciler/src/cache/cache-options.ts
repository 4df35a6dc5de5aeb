import type { KubeApi, KubeObject, ResourceType } from '../api/kube-api.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { Indexes } from './store.ts';

/** What a cache follows, and with what. */
export interface CacheOptions<T extends KubeObject> {
  readonly api: KubeApi;
  readonly type: ResourceType;
  /** Only objects of this namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly indexes?: Indexes<T>;
  /**
   * How the objects come that there are: all at the begin of a watch, which is one request and spares the server, or
   * in pages. By default as a stream, and in pages where the server cannot do that or it failed.
   */
  readonly initialList?: 'stream' | 'pages';
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** What metrics call the cluster, for programs that have caches of several. */
  readonly cluster?: string;
}
