import type { KubeApi, KubeObject, ResourceType, WatchEvent } from '@leafway/reconciler';

/** A change of an object, without the bookmarks. */
export type ObjectEvent<T> = Exclude<WatchEvent<T>, { type: 'BOOKMARK' }>;

export interface WaitOptions<T> {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** Changes after this version are looked at; as `list` tells it. */
  readonly resourceVersion: string;
  /** Whether this is the event that is waited for. */
  readonly until: (event: ObjectEvent<T>) => boolean;
  readonly withinMs: number;
}

/** When the event was seen: by the monotonic clock, and by the one that the servers' logs show. */
export interface Sighting<T> {
  readonly object: T;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Watches one object until something happens to it. Throws when it does not within the time. */
export async function waitForEvent<T extends KubeObject>(api: KubeApi, options: WaitOptions<T>): Promise<Sighting<T>> {
  const { type, namespace, name, resourceVersion, until, withinMs } = options;
  const timeout = AbortSignal.timeout(withinMs);
  const watch = api.watch<T>(type, {
    namespace,
    resourceVersion,
    fieldSelector: `metadata.name=${name}`,
    signal: timeout,
  });
  try {
    for await (const event of watch) {
      if (event.type === 'BOOKMARK' || !until(event)) continue;
      return { object: event.object, monotonicMs: performance.now(), wallMs: Date.now() };
    }
  } catch (error) {
    if (!timeout.aborted) throw error;
  }
  throw new Error(`${type.kind} ${name}: what was waited for did not happen within ${withinMs / 1_000} s`);
}

/** The version of a collection, from which a watch sees all that comes. */
export async function versionOf(api: KubeApi, type: ResourceType, namespace?: string): Promise<string> {
  return (await api.list(type, { namespace, limit: 1 })).resourceVersion;
}
