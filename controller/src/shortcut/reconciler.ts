import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import {
  addFinalizer,
  after,
  type Cache,
  type Clock,
  done,
  isApiError,
  type KubeApi,
  type Outcome,
  removeFinalizer,
} from '@leafway/reconciler';
import { fieldManager } from '../field-manager.ts';
import { unusableReason } from '../leaf/facts.ts';
import { recordPending } from '../leaf/reconciler.ts';
import type { LeafSession } from '../leaf/session.ts';
import { keyOf } from './acceptance.ts';
import { act, LeafActionError, type LeafTarget } from './act.ts';
import type { LeafAction } from './actions.ts';
import type { Verdict } from './conditions.ts';
import { type Decision, decide, shortcutFinalizer } from './decide.ts';
import { isEqual } from './difference.ts';
import { noObjects, type Observation, type ObservedLeaf } from './observation.ts';
import { statusOf } from './status.ts';

export interface ShortcutReconcilerDependencies {
  readonly central: KubeApi;
  /** With an index `pair`. */
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  readonly leafClusters: Cache<LeafCluster>;
  /** The session of the leaf that this end of a shortcut names, with the credentials that it names. */
  readonly session: (end: VirtualNodeShortcut['spec']['clusters'][number]) => LeafSession | undefined;
  readonly centralClusterID: () => string | undefined;
  readonly clock: Clock;
  readonly liqoNamespace: string;
}

/** Observe, decide, act (design, "The reconcile model"): one pass over one shortcut. */
export async function reconcileShortcut(
  deps: ShortcutReconcilerDependencies,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = deps.shortcuts.get(name);
  if (found === undefined) return done();
  // The first attempt to connect wakes us: until then a leaf is neither known nor away.
  if (found.spec.clusters.some((end) => deps.session(end)?.isConnecting)) return done();
  const decision = decide(observe(deps, found), { liqoNamespace: deps.liqoNamespace });
  const shortcut = decision.finalizer === 'add' ? await hold(deps, found, signal) : found;
  const failures = await announceAndAct(deps, shortcut, decision, signal);
  await Promise.all([...decision.pending].map(([leaf, objects]) => recordPending(deps, leaf, objects, signal)));
  if (decision.finalizer === 'remove') {
    await removeFinalizer(deps.central, kinds.shortcuts, shortcut, shortcutFinalizer, signal);
    return done();
  }
  await writeStatus(deps, deps.shortcuts.get(name) ?? shortcut, withFailures(decision, failures), signal);
  const [failure] = failures;
  // What the server said is what decides how soon to try again.
  if (failure !== undefined) throw isApiError(failure.cause) ? failure.cause : failure;
  return decision.wakeUpAfterMs === undefined ? done() : after(decision.wakeUpAfterMs);
}

function observe(deps: ShortcutReconcilerDependencies, shortcut: VirtualNodeShortcut): Observation {
  const [a, b] = shortcut.spec.clusters;
  const sessions = [deps.session(a), deps.session(b)] as const;
  return {
    shortcut,
    others: deps.shortcuts
      .byIndex('pair', keyOf(shortcut) ?? '')
      .filter(({ metadata }) => metadata.uid !== shortcut.metadata.uid),
    leaves: [
      observeLeaf(deps, shortcut, [a.id, b.id], sessions[0]),
      observeLeaf(deps, shortcut, [b.id, a.id], sessions[1]),
    ],
    centralClusterID: deps.centralClusterID(),
    keyFromSecret: (uid) => sessions[0]?.keyFromSecret(uid) ?? sessions[1]?.keyFromSecret(uid),
  };
}

function observeLeaf(
  deps: ShortcutReconcilerDependencies,
  { metadata }: VirtualNodeShortcut,
  [id, peer]: readonly [string, string],
  session: LeafSession | undefined,
): ObservedLeaf {
  const leafCluster = deps.leafClusters.get(id);
  const objects = session?.objectsFor(peer, metadata.uid ?? '');
  return {
    id,
    leafCluster,
    unreachable:
      leafCluster === undefined ? 'there is no LeafCluster of that name' : unusableReason(leafCluster, session),
    isRead: objects !== undefined,
    objects: objects ?? noObjects,
  };
}

/** The finalizer comes before the first effect outside. */
async function hold(
  deps: ShortcutReconcilerDependencies,
  shortcut: VirtualNodeShortcut,
  signal: AbortSignal,
): Promise<VirtualNodeShortcut> {
  const held = await addFinalizer(deps.central, kinds.shortcuts, shortcut, shortcutFinalizer, signal);
  deps.shortcuts.observe(held);
  return held;
}

/**
 * What is decided is said at once, also while a leaf takes its time. Not where the last word was a failure: that stands
 * until the attempt has succeeded, or the status would change with every attempt.
 */
async function announceAndAct(
  deps: ShortcutReconcilerDependencies,
  shortcut: VirtualNodeShortcut,
  decision: Decision,
  signal: AbortSignal,
): Promise<LeafActionError[]> {
  const acting = actOnLeaves(deps, shortcut, decision, signal);
  const hasFailed = shortcut.status?.conditions?.some(({ reason }) => reason === leafError) === true;
  const isLast = decision.finalizer === 'remove';
  if (!hasFailed && !isLast) await writeStatus(deps, shortcut, decision, signal).catch(() => undefined); // Tried again below.
  return acting;
}

const leafError = 'LeafError' satisfies Verdict['reason'];

/** A leaf that takes longer is left for the next attempt, so that the other one does not wait. */
const leafDeadlineMs = 5_000;

/** Both leaves at the same time: a slow one does not hold up the other. */
async function actOnLeaves(
  deps: ShortcutReconcilerDependencies,
  shortcut: VirtualNodeShortcut,
  decision: Decision,
  signal: AbortSignal,
): Promise<LeafActionError[]> {
  const results = await Promise.allSettled(
    shortcut.spec.clusters.map(async (end) => {
      const actions = decision.actions.get(end.id) ?? [];
      const session = deps.session(end);
      const api = session?.api;
      if (actions.length === 0 || session === undefined || api === undefined) return;
      const target = {
        id: end.id,
        api,
        observe: session.observe.bind(session),
        learnKey: session.learnKey.bind(session),
      };
      await actInTime(deps.clock, target, actions, signal, () => void session.doubt());
    }),
  );
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as LeafActionError] : []));
}

async function actInTime(
  clock: Clock,
  target: LeafTarget,
  actions: readonly LeafAction[],
  signal: AbortSignal,
  onLate: () => void,
): Promise<void> {
  const late = new AbortController();
  const cancel = clock.setTimer(leafDeadlineMs, () => late.abort());
  try {
    await act(target, actions, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    if (!late.signal.aborted) throw error;
    onLate();
    throw new LeafActionError(
      target.id,
      new Error(`it did not do what it was asked within ${leafDeadlineMs / 1_000} s`),
    );
  } finally {
    cancel();
  }
}

/** A failure shows in the status, but for the ones that only mean that somebody else was faster. */
function withFailures(decision: Decision, failures: readonly LeafActionError[]): Decision {
  const shown = failures.filter(({ cause }) => !isApiError(cause, 'Conflict') && !isApiError(cause, 'Aborted'));
  if (shown.length === 0) return failures.length === 0 ? decision : { ...decision, failed: true };
  const message = shown.map((failure) => failure.message).join('; ');
  return {
    ...decision,
    failed: true,
    verdicts: decision.verdicts.map((verdict) =>
      verdict.type === 'Ready' ? { ...verdict, status: 'False', reason: leafError, message } : verdict,
    ),
  };
}

async function writeStatus(
  deps: ShortcutReconcilerDependencies,
  shortcut: VirtualNodeShortcut,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> {
  const status = statusOf(shortcut, decision, deps.clock.now());
  if (isEqual(status, shortcut.status)) return;
  const { apiVersion, kind, metadata } = shortcut;
  const object = {
    apiVersion,
    kind,
    metadata: { name: metadata.name, uid: metadata.uid },
    status,
  } as VirtualNodeShortcut;
  const written = await deps.central.apply(kinds.shortcuts, object, {
    fieldManager,
    force: true,
    subresource: 'status',
    signal,
  });
  deps.shortcuts.observe(written);
}

/** The credentials that one end of a shortcut is reached with. */
export function accessOf(
  end: VirtualNodeShortcut['spec']['clusters'][number],
  leaf: LeafCluster,
): { leaf: string; ref: LeafCluster['spec']['kubeconfigSecretRef'] } {
  return { leaf: end.id, ref: end.kubeconfigSecretRef ?? leaf.spec.kubeconfigSecretRef };
}
