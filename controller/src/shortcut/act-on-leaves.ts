import type { VirtualNodeShortcut } from '@leafway/core';
import type { LiqoObject } from '@leafway/liqo';
import { type Clock, isApiError, sleep } from '@leafway/reconciler';
import type { LeafSession } from '../leaf/session.ts';
import { act, LeafActionError, type LeafTarget } from './act.ts';
import type { LeafAction } from './actions.ts';
import type { Decision } from './decide.ts';
import { settledKey } from './repair.ts';

type ShortcutEnd = VirtualNodeShortcut['spec']['clusters'][number];

export interface ActDependencies {
  /** The session of the leaf that this end of a shortcut names, with the credentials that it names. */
  readonly session: (end: ShortcutEnd) => LeafSession | undefined;
  readonly clock: Clock;
}

/** A leaf that takes longer is left for the next attempt, so that the other one does not wait. */
const leafDeadlineMs = 5_000;

/** What came of the actions, by leaf. */
export interface ActOutcome {
  readonly failures: ReadonlyMap<string, LeafActionError>;
  /** Who had changed what was brought back, by `settledKey`, as far as the leaf tells. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Both leaves at the same time: a slow one does not hold up the other. */
export async function actOnLeaves(
  deps: ActDependencies,
  { spec }: VirtualNodeShortcut,
  { actions }: Decision,
  signal: AbortSignal,
): Promise<ActOutcome> {
  const failures = new Map<string, LeafActionError>();
  const owners = new Map<string, Map<string, string>>();
  const work = spec.clusters.map(async (end) => {
    const found = new Map<string, string>();
    owners.set(end.id, found);
    try {
      await actOnLeaf(deps, end, { actions: actions.get(end.id) ?? [], owners: found }, signal);
    } catch (error) {
      failures.set(end.id, error as LeafActionError);
    }
  });
  await Promise.all(work);
  return { failures, owners };
}

async function actOnLeaf(
  { session: sessionOf, clock }: ActDependencies,
  end: ShortcutEnd,
  { actions, owners }: { readonly actions: readonly LeafAction[]; readonly owners: Map<string, string> },
  signal: AbortSignal,
): Promise<void> {
  const session = sessionOf(end);
  const api = session?.api;
  if (actions.length === 0 || session === undefined || api === undefined) return;
  const target = {
    id: end.id,
    api,
    observe: session.observe.bind(session),
    learnKey: session.learnKey.bind(session),
    blame: (object: LiqoObject, manager: string) => void owners.set(settledKey(object), manager),
    pause: (ms: number, pausing: AbortSignal) => sleep(clock, ms, pausing),
  };
  await actInTime(clock, target, actions, signal, () => void session.doubt());
}

/** Performs the actions of one leaf, or fails when they take too long; `onLate` is called then. */
export async function actInTime(
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
    const cause = (error as LeafActionError).cause;
    const what = isApiError(cause) ? cause.operation : 'what it was asked';
    throw new LeafActionError(target.id, new Error(`${what}: not done within ${leafDeadlineMs / 1_000} s`));
  } finally {
    cancel();
  }
}
