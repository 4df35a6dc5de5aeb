import { kinds } from '@leafway/core';
import type { KubeApi, KubeObject, ResourceType, WatchEvent, WatchOptions } from '@leafway/reconciler';
import type { FleetSize } from '../../fleet/shape.ts';
import { leafOf, shortcutOf } from '../fleet/objects.ts';

/** An API server of a large fleet within the process: only watches, and only what the webhook watches. */
export interface FleetApi {
  readonly api: KubeApi;
  /** Lets the watch of shortcuts begin: until then its objects do not come. */
  release(): void;
  /** Sends changes of shortcuts and resolves when the watcher asks for what comes after them. */
  send(events: readonly WatchEvent<KubeObject>[]): Promise<void>;
}

const resourceVersion = '2000000';

/** The fleet's objects come as they do over a network: each read from a text of its own, so that none shares memory. */
export function createFleetApi(size: FleetSize): FleetApi {
  const released = Promise.withResolvers<void>();
  const changes = createChanges();
  const leaves = (): Iterable<KubeObject> => numbered(size.leaves, (number) => leafOf(number, size));
  const shortcuts = (): Iterable<KubeObject> => numbered(size.shortcuts, (number) => shortcutOf(number, size));

  async function* watch(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<KubeObject>> {
    const isShortcuts = type.plural === kinds.shortcuts.plural;
    if (isShortcuts) await released.promise;
    if (options.sendInitialEvents) {
      for (const object of isShortcuts ? shortcuts() : leaves()) yield added(object);
      yield { type: 'BOOKMARK', resourceVersion, endsInitialEvents: true };
    }
    if (isShortcuts) yield* changes.events();
    else await new Promise((resolve) => options.signal?.addEventListener('abort', resolve));
  }

  const refuse = (): never => {
    throw new Error('this API server only answers watches');
  };
  const none = { get: refuse, list: refuse, create: refuse, patch: refuse, apply: refuse, delete: refuse };
  return { api: { ...none, watch: watch as KubeApi['watch'] }, release: released.resolve, send: changes.send };
}

function added(object: KubeObject): WatchEvent<KubeObject> {
  const text = JSON.stringify(object);
  return { type: 'ADDED', object: JSON.parse(text) as KubeObject, bytes: text.length };
}

function* numbered<T>(count: number, make: (number: number) => T): Generator<T> {
  for (let number = 0; number < count; number += 1) yield make(number);
}

function createChanges() {
  let arrived = Promise.withResolvers<readonly WatchEvent<KubeObject>[]>();
  let taken = Promise.withResolvers<void>();
  return {
    async *events(): AsyncGenerator<WatchEvent<KubeObject>> {
      for (;;) {
        yield* await arrived.promise;
        arrived = Promise.withResolvers();
        taken.resolve();
      }
    },
    async send(events: readonly WatchEvent<KubeObject>[]): Promise<void> {
      taken = Promise.withResolvers();
      arrived.resolve(events);
      await taken.promise;
    },
  };
}
