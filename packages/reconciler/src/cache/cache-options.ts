import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { ListLimits } from './listing.ts';
import type { ReadingApi } from './reduced.ts';
import type { Indexes } from './store.ts';

/** What a cache follows, and with what. */
export interface CacheOptions<T extends KubeObject> {
  readonly api: ReadingApi;
  readonly type: ResourceType;
  /** Only objects of this namespace. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly indexes?: Indexes<T>;
  /** What of an object is of interest, taken from each as soon as it arrives. `managedFields` never are. */
  readonly reduce?: (object: T) => T;
  /**
   * With `versions` only the name, the UID and the resource version of each object are kept, for who takes what is
   * needed from every change: handlers are given the whole object as `after`, and nobody else sees more than is kept.
   */
  readonly keeps?: 'objects' | 'versions';
  /** More than this is too much for the memory, and no list of a server in order; 100,000 objects or 256 MiB. */
  readonly atMost?: ListLimits;
  /**
   * How the objects come that there are: all at the begin of a watch, which is one request and spares the server, or
   * in pages. By default as a stream, and in pages where the server cannot do that or it failed.
   */
  readonly initialList?: 'stream' | 'pages';
  /**
   * After how many milliseconds a server is asked again that does not serve the kind, or does not let us see it; by default as
   * after any other failure, within 30 s. For what may be installed later, and is not needed.
   */
  readonly retryRefusedMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** What metrics call the cluster, for programs that have caches of several. */
  readonly cluster?: string;
}
