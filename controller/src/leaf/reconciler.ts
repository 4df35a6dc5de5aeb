import { isDeepStrictEqual } from 'node:util';
import { kinds, type LeafCluster, leafClusterSchema, type VirtualNodeShortcut } from '@leafway/core';
import type { Configuration } from '@leafway/liqo';
import {
  addFinalizer,
  type Cache,
  type Clock,
  done,
  escapePointer,
  guardedPatch,
  isApiError,
  type KubeApi,
  type Outcome,
  removeFinalizer,
} from '@leafway/reconciler';
import type { OperatorEvents } from '../events.ts';
import { fieldManager } from '../field-manager.ts';
import type { LeafActionError } from '../shortcut/act.ts';
import { actInTime } from '../shortcut/act-on-leaves.ts';
import type { PendingObject } from '../shortcut/actions.ts';
import { isHeld } from '../shortcut/finalizer.ts';
import { noObjects } from '../shortcut/observation.ts';
import { heldWords, teardownStep } from '../shortcut/teardown.ts';
import { leafEvents } from './events.ts';
import { isOwing, leafStatus, unusableReason } from './facts.ts';
import type { LeafSession } from './session.ts';
import { abandonAnnotation, type CleanupFindings } from './verdicts.ts';

/**
 * Holds every LeafCluster from the start, so that none goes while shortcuts use it or objects of deleted ones are still on
 * the leaf: the credentials for it would go too.
 */
export const leafFinalizer = 'leafway.dev/leaf';

export interface LeafReconcilerDependencies {
  readonly central: KubeApi;
  readonly leafClusters: Cache<LeafCluster>;
  /** With an index `leaf`. */
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  /** Whether that shortcut is about to get our finalizer. */
  readonly isBeingHeld: (shortcut: string) => boolean;
  readonly session: (leaf: LeafCluster) => LeafSession | undefined;
  readonly events: OperatorEvents;
  /** The LeafCluster says now what is seen of that leaf: its shortcuts may be planned with it. */
  readonly onRecorded: (leaf: string) => void;
  /** The centre's own Configurations for a leaf. */
  readonly atCentre: (leaf: string) => readonly Configuration[];
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
  if (session?.isConnecting) return done(); // Its first attempt wakes us.
  session?.reviewRights();
  const { liqoNamespace, clock } = deps;
  // What is known of a leaf that may not be looked at is of another time, or of another cluster.
  const seenOver = unusableReason(found, session) === undefined ? session?.connection : undefined;
  const record = (): void => {
    if (seenOver !== undefined && session?.record(seenOver)) deps.onRecorded(name);
  };
  const isLeaving = found.metadata.deletionTimestamp !== undefined;
  const leaf = isLeaving ? found : await orRecord(hold(deps, found, signal), record);
  const cleanup = await cleanUp(deps, leaf, session, signal);
  const options = { liqoNamespace, atCentre: deps.atCentre(name), now: clock.now(), cleanup };
  const facts = leafStatus(leaf, session, options);
  const hasOwed = leaf.status?.pendingCleanup !== undefined;
  const status = hasOwed ? { ...facts, pendingCleanup: cleanup.left } : facts;
  const isNews = !isDeepStrictEqual(status, leaf.status);
  const current = isNews ? await orRecord(writeStatus(deps, leaf, status, signal), record) : leaf;
  record();
  if (cleanup.failure !== undefined) throw cleanup.failure;
  if (!isOwing(current)) await release(deps, current, signal);
  return done();
}

async function hold(deps: LeafReconcilerDependencies, leaf: LeafCluster, signal: AbortSignal): Promise<LeafCluster> {
  const held = await addFinalizer(deps.central, kinds.leafClusters, leaf, leafFinalizer, signal);
  deps.leafClusters.observe(held);
  return held;
}

/**
 * Lets a LeafCluster go that is to be deleted, and that no shortcut uses. What a human gave up is given up once, not for
 * ever: of the shortcuts that are deleted by then.
 */
async function release(
  { central, leafClusters, shortcuts, isBeingHeld }: LeafReconcilerDependencies,
  leaf: LeafCluster,
  signal: AbortSignal,
): Promise<void> {
  const users = shortcuts
    .byIndex('leaf', leaf.metadata.name)
    .filter((shortcut) => isHeld(shortcut) || isBeingHeld(shortcut.metadata.name));
  if (leaf.metadata.annotations?.[abandonAnnotation] !== undefined) {
    if (users.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return;
    const operations = [{ op: 'remove', path: `/metadata/annotations/${escapePointer(abandonAnnotation)}` }] as const;
    leafClusters.observe(await guardedPatch(central, kinds.leafClusters, leaf, operations, { signal }));
  } else if (leaf.metadata.deletionTimestamp !== undefined && users.length === 0) {
    await removeFinalizer(central, kinds.leafClusters, leaf, leafFinalizer, signal);
  }
}

/** Only of the state that it was made from: a remainder that was added meanwhile must not be overwritten. */
async function writeStatus(
  deps: LeafReconcilerDependencies,
  { apiVersion, kind, metadata: { name, uid, resourceVersion }, status: before }: LeafCluster,
  status: NonNullable<LeafCluster['status']>,
  signal: AbortSignal,
): Promise<LeafCluster> {
  const object = { apiVersion, kind, metadata: { name, uid, resourceVersion }, status } as LeafCluster;
  const options = { fieldManager, force: true, subresource: 'status', signal } as const;
  const written = await deps.central.apply(kinds.leafClusters, object, options);
  deps.leafClusters.observe(written);
  for (const event of leafEvents(before, status)) deps.events.record(written, event);
  return written;
}

/** A write that is refused however often it is tried is nothing that shortcuts may wait for. */
async function orRecord<T>(writing: Promise<T>, record: () => void): Promise<T> {
  return writing.catch((error: unknown) => {
    if (isApiError(error, 'Invalid') || isApiError(error, 'Forbidden')) record();
    throw error;
  });
}

interface CleanUp extends CleanupFindings {
  readonly left: PendingObject[];
  readonly failure?: LeafActionError;
}

/** So many of a leaf's deleted shortcuts are worked on at once: what is held up for one is nothing to the others. */
const cleanUpsAtOnce = 16;

/** What of the remainder is still there, after removing what can be removed now. */
async function cleanUp(
  { clock }: LeafReconcilerDependencies,
  leaf: LeafCluster,
  session: LeafSession | undefined,
  signal: AbortSignal,
): Promise<CleanUp> {
  const pending = leaf.status?.pendingCleanup ?? [];
  if (pending.length === 0) return { left: [], held: [] };
  if (leaf.metadata.annotations?.[abandonAnnotation] !== undefined) return { left: [], held: [], isGivenUp: true };
  const api = session?.api;
  if (session === undefined || api === undefined || unusableReason(leaf, session) !== undefined)
    return { left: [...pending], held: [] };
  const reads = { learnKey: () => undefined, pause: async () => undefined };
  const target = { id: session.id, api, observe: session.observe.bind(session), ...reads };
  const cleaned = new Set<string>();
  const failures = new Map<string, LeafActionError>();
  const held = new Map<string, readonly string[]>();
  const byShortcut = Map.groupBy(pending, ({ shortcut }) => shortcut.uid);
  const shortcuts = byShortcut.entries();
  const { connection } = session;
  const work = async (): Promise<void> => {
    for (const [uid, [entry]] of shortcuts) {
      // Who answers by then may be another cluster, of which nothing is known yet.
      if (session.connection !== connection) return;
      const objects = session.objectsFor(entry?.remoteClusterID ?? '', uid) ?? noObjects;
      const step = teardownStep(objects, uid);
      if (step.clean) cleaned.add(uid);
      held.set(uid, heldWords(session.id, objects, uid));
      await actInTime(clock, target, step.actions, signal, () => void session.doubt()).catch((error: LeafActionError) =>
        failures.set(uid, error),
      );
    }
  };
  await Promise.all(Array.from({ length: cleanUpsAtOnce }, work));
  const left = pending.filter(({ shortcut }) => !cleaned.has(shortcut.uid));
  // What is told must not depend on who answers first: it would be written anew with every attempt.
  const uids = [...byShortcut.keys()];
  const [failure] = uids.flatMap((uid) => failures.get(uid) ?? []);
  return { left, held: uids.flatMap((uid) => held.get(uid) ?? []), ...(failure === undefined ? {} : { failure }) };
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
  const isKnown = ({ kind, name: objectName, shortcut }: PendingObject): boolean =>
    known.some((entry) => entry.kind === kind && entry.name === objectName && entry.shortcut.uid === shortcut.uid);
  const value = withinLimit([...known, ...objects.filter((object) => !isKnown(object))]);
  if (isDeepStrictEqual(value, known)) return;
  const operation =
    leaf.status === undefined
      ? ({ op: 'add', path: '/status', value: { pendingCleanup: value } } as const)
      : ({ op: 'add', path: '/status/pendingCleanup', value } as const);
  const options = { subresource: 'status', signal } as const;
  deps.leafClusters.observe(await guardedPatch(deps.central, kinds.leafClusters, leaf, [operation], options));
}

const { maxItems: mostPending } = leafClusterSchema.properties.status.properties.pendingCleanup;

/**
 * Of more objects than a LeafCluster holds, one of each shortcut: its others are found on the leaf with it, and a list that is
 * refused would hold the deletion of every further shortcut until the leaf returns.
 */
function withinLimit(pending: readonly PendingObject[]): readonly PendingObject[] {
  if (pending.length <= mostPending) return pending;
  return [...Map.groupBy(pending, ({ shortcut }) => shortcut.uid).values()].flatMap(([first]) => first ?? []);
}
