import { readFileSync } from 'node:fs';
import type { LiqoObject } from '@leafway/liqo';
import type { KubeApi, KubeObject, ListOptions, ResourceType, WatchEvent, WatchOptions } from '@leafway/reconciler';
import { type FakeSnapshot, isSelected } from '@leafway/reconciler/testing';
import { answerReview } from './leaf.ts';

/** A server that was written down, and serves what it had: nothing of it ever changes, and it takes no writes. */
export interface ReplayedServer extends KubeApi {
  close(): Promise<void>;
}

type Snapshots = readonly (readonly [id: string, snapshot: FakeSnapshot])[];

/** What `SimulatedFleet.save` wrote to that path: each cluster, and all that it has. */
export function readSnapshots(path: string): Snapshots {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Snapshots[number]);
}

/** All these clusters as if they were one: namespaces, and what is in none, are called after their cluster, too. */
export function asOne(snapshots: Snapshots): FakeSnapshot {
  const named = snapshots.flatMap(([id, snapshot]) =>
    Object.entries(snapshot).map(
      ([kind, objects]) => [kind, objects.map((object) => calledAfter(id, object))] as const,
    ),
  );
  const byKind = Map.groupBy(named, ([kind]) => kind);
  return Object.fromEntries(Array.from(byKind, ([kind, parts]) => [kind, parts.flatMap(([, objects]) => objects)]));
}

function calledAfter<T extends KubeObject>(id: string, object: T): T {
  const { name, namespace } = object.metadata;
  const place = namespace === undefined ? { name: `${id}-${name}` } : { namespace: `${id}-${namespace}` };
  return { ...object, metadata: { ...object.metadata, ...place } };
}

/**
 * Serves what a cluster had. Its objects are texts in memory, as on the wire: who reads parses what it gets, so that all memory
 * beyond the texts is the reader's.
 */
export function replay(snapshot: FakeSnapshot): ReplayedServer {
  const kinds = Object.entries(snapshot);
  const texts = new Map(kinds.map(([kind, objects]) => [kind, objects.map((object) => JSON.stringify(object))]));
  const versions = kinds.flatMap(([, objects]) => objects.map(({ metadata }) => Number(metadata.resourceVersion)));
  const resourceVersion = String(versions.reduce((most, version) => Math.max(most, version), 0));
  function* read<T extends KubeObject>({ group, plural }: ResourceType, selection: ListOptions): Generator<T> {
    for (const text of texts.get(`${group}/${plural}`) ?? []) {
      const object = JSON.parse(text) as T;
      if (isSelected(object, selection)) yield object;
    }
  }
  const refuse = async (): Promise<never> => {
    throw new Error('a fleet in which nothing happens needs no write');
  };
  return {
    async get<T extends KubeObject>(type: ResourceType, { namespace, name }: ListOptions & { readonly name: string }) {
      const [found] = read<T>(type, { namespace, fieldSelector: `metadata.name=${name}` });
      return found;
    },
    list: async <T extends KubeObject>(type: ResourceType, options: ListOptions = {}) => ({
      items: [...read<T>(type, options)],
      resourceVersion,
    }),
    async *watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
      if (options.sendInitialEvents === true) {
        for (const object of read<T>(type, options)) yield { type: 'ADDED', object };
        yield { type: 'BOOKMARK', resourceVersion, endsInitialEvents: true };
      }
      await new Promise((_, reject) => options.signal?.addEventListener('abort', reject, { once: true }));
    },
    create: async <T extends KubeObject>(_: ResourceType, object: T) =>
      (answerReview(object as unknown as LiqoObject) as unknown as T | undefined) ?? (await refuse()),
    patch: refuse,
    apply: refuse,
    delete: refuse,
    close: async () => undefined,
  };
}
