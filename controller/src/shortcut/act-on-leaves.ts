import type { VirtualNodeShortcut } from '@leafway/core';
import { type Clock, sleep } from '@leafway/reconciler';
import type { LeafSession } from '../leaf/session.ts';
import { act, LeafActionError, type LeafTarget } from './act.ts';
import type { LeafAction } from './actions.ts';
import type { Decision } from './decide.ts';

type ShortcutEnd = VirtualNodeShortcut['spec']['clusters'][number];

export interface ActDependencies {
  /** The session of the leaf that this end of a shortcut names, with the credentials that it names. */
  readonly session: (end: ShortcutEnd) => LeafSession | undefined;
  readonly clock: Clock;
}

/** A leaf that takes longer is left for the next attempt, so that the other one does not wait. */
const leafDeadlineMs = 5_000;

/** Both leaves at the same time: a slow one does not hold up the other. Returns what failed, by leaf. */
export async function actOnLeaves(
  deps: ActDependencies,
  { spec }: VirtualNodeShortcut,
  { actions }: Decision,
  signal: AbortSignal,
): Promise<Map<string, LeafActionError>> {
  const failures = new Map<string, LeafActionError>();
  const work = spec.clusters.map(async (end) => {
    try {
      await actOnLeaf(deps, end, actions.get(end.id) ?? [], signal);
    } catch (error) {
      failures.set(end.id, error as LeafActionError);
    }
  });
  await Promise.all(work);
  return failures;
}

async function actOnLeaf(
  { session: sessionOf, clock }: ActDependencies,
  end: ShortcutEnd,
  actions: readonly LeafAction[],
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
    pause: (ms: number, pausing: AbortSignal) => sleep(clock, ms, pausing),
  };
  await actInTime(clock, target, actions, signal, () => void session.doubt());
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
