import { kinds, type LeafCluster } from '@leafway/core';
import {
  addFinalizer,
  type Cache,
  type Clock,
  done,
  type KubeApi,
  type Outcome,
  removeFinalizer,
} from '@leafway/reconciler';
import { fieldManager } from '../field-manager.ts';
import { act } from '../shortcut/act.ts';
import type { PendingObject } from '../shortcut/actions.ts';
import { isEqual } from '../shortcut/difference.ts';
import { teardownStep } from '../shortcut/teardown.ts';
import { leafStatus, unusableReason } from './facts.ts';
import type { LeafSession } from './session.ts';

/** Holds a LeafCluster while objects of deleted shortcuts are still on the leaf. */
export const leafFinalizer = 'leafway.dev/pending-cleanup';
/** Set to any value by a human: what is left on the leaf is given up. */
export const abandonAnnotation = 'leafway.dev/abandon';

export interface LeafReconcilerDependencies {
  readonly central: KubeApi;
  readonly leafClusters: Cache<LeafCluster>;
  readonly session: (leaf: LeafCluster) => LeafSession | undefined;
  readonly clock: Clock;
  readonly liqoNamespace: string;
}

/** Keeps what the centre knows of one leaf current, and finishes what was left behind on it. */
export async function reconcileLeaf(
  deps: LeafReconcilerDependencies,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = deps.leafClusters.get(name);
  if (found === undefined) return done();
  const session = deps.session(found);
  const leaf = await holdWhilePending(deps, found, signal);
  const facts = leafStatus(leaf, session, { liqoNamespace: deps.liqoNamespace, now: deps.clock.now() });
  const pending = await remaining(leaf, session, signal);
  const wanted = leaf.status?.pendingCleanup === undefined ? facts : { ...facts, pendingCleanup: pending };
  const written = isEqual(wanted, leaf.status) ? leaf : await writeStatus(deps, leaf, wanted, signal);
  if (pending.length === 0 && written.metadata.finalizers?.includes(leafFinalizer)) {
    await removeFinalizer(deps.central, kinds.leafClusters, written, leafFinalizer, signal);
  }
  return done();
}

async function writeStatus(
  deps: LeafReconcilerDependencies,
  { apiVersion, kind, metadata }: LeafCluster,
  status: NonNullable<LeafCluster['status']>,
  signal: AbortSignal,
): Promise<LeafCluster> {
  const object = { apiVersion, kind, metadata: { name: metadata.name }, status } as LeafCluster;
  const written = await deps.central.apply(kinds.leafClusters, object, {
    fieldManager,
    force: true,
    subresource: 'status',
    signal,
  });
  deps.leafClusters.observe(written);
  return written;
}

async function holdWhilePending(
  deps: LeafReconcilerDependencies,
  leaf: LeafCluster,
  signal: AbortSignal,
): Promise<LeafCluster> {
  const isHeld = leaf.metadata.finalizers?.includes(leafFinalizer) === true;
  if (isHeld || (leaf.status?.pendingCleanup ?? []).length === 0 || leaf.metadata.deletionTimestamp !== undefined)
    return leaf;
  return addFinalizer(deps.central, kinds.leafClusters, leaf, leafFinalizer, signal);
}

/** What of the remainder is still there, after removing what can be removed now. */
async function remaining(
  leaf: LeafCluster,
  session: LeafSession | undefined,
  signal: AbortSignal,
): Promise<PendingObject[]> {
  const pending = leaf.status?.pendingCleanup ?? [];
  if (pending.length === 0 || leaf.metadata.annotations?.[abandonAnnotation] !== undefined) return [];
  const api = session?.api;
  if (session === undefined || api === undefined || unusableReason(leaf, session) !== undefined) return [...pending];
  const left: PendingObject[] = [];
  for (const [shortcutUID, entries] of Map.groupBy(pending, ({ shortcut }) => shortcut.uid)) {
    const objects = session.objectsFor(entries[0]?.remoteClusterID ?? '');
    if (objects === undefined) return [...pending];
    const step = teardownStep(objects, shortcutUID);
    const target = { id: session.id, api, observe: session.observe.bind(session), learnKey: () => undefined };
    await act(target, step.actions, signal);
    if (!step.clean) left.push(...entries);
  }
  return left;
}

/** Adds to a leaf's remainder, before the shortcut that made it is let go. */
export async function recordPending(
  deps: Pick<LeafReconcilerDependencies, 'central' | 'leafClusters'>,
  name: string,
  objects: readonly PendingObject[],
  signal: AbortSignal,
): Promise<void> {
  const leaf = deps.leafClusters.get(name);
  if (leaf === undefined) return;
  const known = leaf.status?.pendingCleanup ?? [];
  const fresh = objects.filter(({ uid }) => !known.some((entry) => entry.uid === uid));
  if (fresh.length === 0) return;
  const { uid, resourceVersion } = leaf.metadata;
  const value = [...known, ...fresh];
  const written = await deps.central.patch<LeafCluster>(
    kinds.leafClusters,
    { name },
    [
      { op: 'test', path: '/metadata/uid', value: uid },
      { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
      leaf.status === undefined
        ? { op: 'add', path: '/status', value: { pendingCleanup: value } }
        : { op: 'add', path: '/status/pendingCleanup', value },
    ],
    { subresource: 'status', signal },
  );
  deps.leafClusters.observe(written);
}
