import type { ApiError } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-api.ts';
import { noMetrics } from '../metrics/metrics.ts';
import type { Logger } from '../ports/logger.ts';
import { untilAborted } from '../ports/until-aborted.ts';
import { createCacheMetrics } from './cache-metrics.ts';
import type { CacheOptions } from './cache-options.ts';
import { follow } from './follow.ts';
import { reduced, versionOnly } from './reduced.ts';
import type { Indexes } from './store.ts';
import type { Change } from './view.ts';
import { View } from './view.ts';

/** All objects of one kind, kept current by a watch. Objects are frozen and shared: copy what you want to change. */
export interface Cache<T extends KubeObject> {
  /** Keeps the cache current until the signal aborts; whatever fails is tried again. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when the first list is complete; rejects only when the signal aborts. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  /** The first list is complete. */
  readonly synced: boolean;
  /** Why the server cannot be followed at the moment; what the cache has is then as old as this problem. */
  readonly problem: ApiError | undefined;
  /** By `name`, or `namespace/name` for a namespaced kind. */
  get(key: string): T | undefined;
  list(): readonly T[];
  /** Throws when there is no such index. */
  byIndex(index: string, value: string): readonly T[];
  /** Calls `handler` after every change of the cache; the returned function ends that. */
  onChange(handler: (change: Change<T>) => void): () => void;
  /** Calls `handler` when a problem appears, changes or goes away. */
  onProblem(handler: (problem: ApiError | undefined) => void): () => void;
  /**
   * Takes over the answer to an own write of an object that this cache selects, so that the next read sees it
   * before the watch does. The object must not be changed afterwards.
   */
  observe(object: T): void;
}

/** A cache of one kind on one cluster; it does nothing before `run`. */
export function createCache<T extends KubeObject>(options: CacheOptions<T>): Cache<T> {
  const log = options.log.child({ resource: options.type.plural });
  const { indexes = {}, reduce, keeps = 'objects' } = options;
  const api = reduce === undefined ? options.api : reduced(options.api, reduce);
  const view = new View<T>(guarded(indexes, log), keeps === 'versions' ? versionOnly : undefined);
  const firstList = Promise.withResolvers<void>();
  const changed = createSubject<Change<T>>(log);
  const problemChanged = createSubject<ApiError | undefined>(log);
  const measure = measuring(options);
  let synced = false;
  let problem: ApiError | undefined;
  const publish = (changes: readonly Change<T>[]): void => {
    measure.size(view.store.size);
    changes.forEach(changed.publish);
  };

  return {
    run: (signal) =>
      follow<T>({
        ...options,
        api,
        log,
        view,
        signal,
        measure,
        onChanges: publish,
        onSynced: () => {
          synced = true;
          firstList.resolve();
        },
        onProblem: (next) => {
          if (next?.message === problem?.message) return;
          problem = next;
          problemChanged.publish(next);
        },
      }).finally(measure.ended),
    whenSynced: (signal) => untilAborted(firstList.promise, signal),
    get synced() {
      return synced;
    },
    get problem() {
      return problem;
    },
    get: (key) => view.store.get(key),
    list: () => view.store.list(),
    byIndex: (index, value) => view.store.byIndex(index, value),
    onChange: changed.subscribe,
    onProblem: problemChanged.subscribe,
    observe: (object) => {
      const change = view.observe(reduce === undefined ? object : reduce(object));
      if (change !== undefined) publish([change]);
    },
  };
}

function measuring<T extends KubeObject>({ metrics = noMetrics, cluster = '', type, clock }: CacheOptions<T>) {
  return createCacheMetrics(metrics, cluster, type.group === '' ? type.plural : `${type.plural}.${type.group}`, clock);
}

/** An index function that throws leaves its object out of that index; the cache goes on. */
function guarded<T>(indexes: Indexes<T>, log: Logger): Indexes<T> {
  const guard = ([name, valuesOf]: [string, (object: T) => readonly string[]]) => {
    const safeValuesOf = (object: T): readonly string[] => {
      try {
        return valuesOf(object);
      } catch (err) {
        log.error({ err, index: name }, 'an index function failed');
        return [];
      }
    };
    return [name, safeValuesOf] as const;
  };
  return Object.fromEntries(Object.entries(indexes).map(guard));
}

/** Handlers that are called one after another; one that throws is logged and harms nobody. */
function createSubject<E>(log: Logger) {
  const handlers = new Set<{ readonly call: (event: E) => void }>();
  return {
    subscribe(call: (event: E) => void): () => void {
      const handler = { call };
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    publish(event: E): void {
      for (const { call } of handlers) {
        try {
          call(event);
        } catch (err) {
          log.error({ err }, 'a handler of the cache failed');
        }
      }
    },
  };
}
