import type { KubeApi, KubeObject, ListOptions, ResourceType, WatchEvent, WatchOptions } from '../api/kube-api.ts';

/** What a cache needs of a cluster. */
export type ReadingApi = Pick<KubeApi, 'list' | 'watch'>;

/** The same objects, each reduced as soon as it has arrived: a long list is never whole in memory. */
export function reduced<T extends KubeObject>(api: ReadingApi, reduce: (object: T) => T): ReadingApi {
  const reduceAny = <U extends KubeObject>(object: U): U => reduce(object as unknown as T) as unknown as U;
  return {
    list: async <U extends KubeObject>(type: ResourceType, options?: ListOptions) => {
      const page = await api.list<U>(type, options);
      return { ...page, items: page.items.map(reduceAny) };
    },
    async *watch<U extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<U>> {
      for await (const event of api.watch<U>(type, options)) {
        yield event.type === 'BOOKMARK' ? event : { ...event, object: reduceAny(event.object) };
      }
    },
  };
}

/** The little of an object by which it is followed. */
export function versionOnly<T extends KubeObject>({ metadata }: T): T {
  const { name, namespace, uid, resourceVersion } = metadata;
  const kept = { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion };
  return { metadata: kept } as unknown as T;
}
