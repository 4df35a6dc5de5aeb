import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { findCondition, type KubeApi } from '@leafway/reconciler';
import { versionOf, waitForEvent } from './wait-for-event.ts';

const readyWithinMs = 60_000;
const goneWithinMs = 60_000;

export interface Connected {
  readonly shortcut: VirtualNodeShortcut;
  /** From sending the request that creates the shortcut to seeing it Ready by watch. */
  readonly readyMs: number;
  /** When it was seen Ready, by the clock of the servers' logs. */
  readonly seenReadyMs: number;
}

/** Creates a shortcut and waits until it is Ready; throws when it does not become so within a minute. */
export async function connect(centre: KubeApi, name: string, ids: readonly [string, string]): Promise<Connected> {
  const waiting = waitForEvent<VirtualNodeShortcut>(centre, {
    type: kinds.shortcuts,
    name,
    resourceVersion: await versionOf(centre, kinds.shortcuts),
    until: ({ type, object }) => type !== 'DELETED' && isReady(object),
    withinMs: readyWithinMs,
  });
  const start = performance.now();
  const [ready] = await Promise.all([waiting, centre.create(kinds.shortcuts, newShortcut(name, ids))]);
  return { shortcut: ready.object, readyMs: ready.monotonicMs - start, seenReadyMs: ready.wallMs };
}

/** Deletes a shortcut and waits until it is gone; tells how long that took from sending the request. */
export async function disconnect(centre: KubeApi, name: string): Promise<{ goneMs: number }> {
  const waiting = waitForEvent<VirtualNodeShortcut>(centre, {
    type: kinds.shortcuts,
    name,
    resourceVersion: await versionOf(centre, kinds.shortcuts),
    until: ({ type }) => type === 'DELETED',
    withinMs: goneWithinMs,
  });
  const start = performance.now();
  const [gone] = await Promise.all([waiting, centre.delete(kinds.shortcuts, { name })]);
  return { goneMs: gone.monotonicMs - start };
}

export function isReady({ status }: VirtualNodeShortcut): boolean {
  return findCondition(status?.conditions, 'Ready')?.status === 'True';
}

/** A shortcut as a user applies it. */
export function newShortcut(name: string, ids: readonly [string, string]): VirtualNodeShortcut {
  const clusters = ids.map((id) => ({ id }));
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name },
    spec: { clusters },
  } as VirtualNodeShortcut;
}
