import { setTimeout as sleep } from 'node:timers/promises';
import { type Condition, kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { isApiError, type KubeApi, type KubeObject, type ResourceType } from '@leafway/reconciler';

/** One object, and what it shall come to. */
export interface Wait<T> {
  readonly type: ResourceType;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** For the error: `the gateway of rome serving`. */
  readonly what: string;
  /** `undefined`: it does not exist. */
  readonly accept: (object: T | undefined) => boolean;
  readonly timeoutMs?: number;
}

/** Generous: other work may slow this machine down. */
const patienceMs = 60_000;
/** A server that is away has nothing to watch. */
const askAgainMs = 100;

/** Waits by a watch until an object is as it should be, also across an outage of its server; returns it. */
export async function waitFor<T extends KubeObject>(
  lab: RunningLab,
  cluster: string,
  wait: Wait<T>,
): Promise<T | undefined> {
  const { what, timeoutMs = patienceMs } = wait;
  const deadline = AbortSignal.timeout(timeoutMs);
  const api = await connectAsAdmin(lab, cluster);
  let last: T | undefined;
  try {
    while (!deadline.aborted) {
      try {
        for await (const object of states(api, wait, deadline)) {
          last = object;
          if (wait.accept(object)) return object;
        }
      } catch (error) {
        if (!isApiError(error)) throw error;
        await sleep(askAgainMs);
      }
    }
  } finally {
    await api.close();
  }
  throw new Error(`${cluster}: ${what} did not come within ${timeoutMs / 1_000} s; ${describe(last)}`);
}

/** The conditions say it best, where an object has some. */
function describe(
  object: (KubeObject & { spec?: unknown; status?: { conditions?: readonly Condition[] } }) | undefined,
): string {
  if (object === undefined) return 'it does not exist';
  const { metadata, spec, status } = object;
  const conditions = status?.conditions?.map(({ type, status: value, message }) => `${type} ${value}: ${message}`);
  return `last seen: ${conditions?.join(' | ') ?? JSON.stringify({ metadata: { ...metadata, managedFields: undefined }, spec, status })}`;
}

/** The object as it is, then each of its states, for as long as the server lets us watch. */
async function* states<T extends KubeObject>(
  api: KubeApi,
  { type, namespace, name }: Wait<T>,
  signal: AbortSignal,
): AsyncGenerator<T | undefined> {
  const selection = { namespace, fieldSelector: `metadata.name=${name}`, signal };
  const { items, resourceVersion } = await api.list<T>(type, selection);
  yield items[0];
  for await (const event of api.watch<T>(type, { ...selection, resourceVersion })) {
    if (event.type !== 'BOOKMARK') yield event.type === 'DELETED' ? undefined : event.object;
  }
}

/** The same for a shortcut. */
export async function waitForShortcut(
  lab: RunningLab,
  name: string,
  what: string,
  accept: (shortcut: VirtualNodeShortcut) => boolean,
  timeoutMs = patienceMs,
): Promise<VirtualNodeShortcut> {
  const found = await waitFor<VirtualNodeShortcut>(lab, lab.centre, {
    type: kinds.shortcuts,
    name,
    what: `${name} ${what}`,
    accept: (shortcut) => shortcut !== undefined && accept(shortcut),
    timeoutMs,
  });
  return found as VirtualNodeShortcut;
}

/** The same for a LeafCluster. */
export async function waitForLeaf(
  lab: RunningLab,
  name: string,
  what: string,
  accept: (leaf: LeafCluster) => boolean,
  timeoutMs = patienceMs,
): Promise<LeafCluster> {
  const found = await waitFor<LeafCluster>(lab, lab.centre, {
    type: kinds.leafClusters,
    name,
    what: `LeafCluster ${name} ${what}`,
    accept: (leaf) => leaf !== undefined && accept(leaf),
    timeoutMs,
  });
  return found as LeafCluster;
}

/** One condition of an object. */
export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** Ready, and that for the spec as it is. */
export const isReady = (shortcut: VirtualNodeShortcut): boolean => {
  const ready = conditionOf(shortcut, 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === shortcut.metadata.generation;
};
