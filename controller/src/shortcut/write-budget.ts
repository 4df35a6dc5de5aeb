/** What was written of one object lately, on the monotonic clock. */
export interface WriteHistory {
  /** Of the shortcut that it was written for: a new spec is a new beginning. */
  readonly generation: number | undefined;
  /** Writes of which each came before the object had stayed right for `calmMs`. */
  readonly streak: number;
  readonly lastMs: number;
  /** Since when it is as it was written; absent while it is not. */
  readonly rightSinceMs: number | undefined;
  /** The field manager that changed it last, as far as the cluster tells. */
  readonly manager?: string | undefined;
}

/** Of the objects of one leaf, by `settledKey`. */
export type WriteHistories = ReadonlyMap<string, WriteHistory>;

/**
 * How often one object is written, whoever changes it, how often, and why: five times at once, then after 5 s, 10 s, 20 s
 * and so on, up to five minutes, until it has stayed right for a minute. So in no minute there are more than eight writes.
 */
export const writeBudget = { free: 5, firstDelayMs: 5_000, mostDelayMs: 5 * 60_000, calmMs: 60_000 } as const;

/** The history of an object that is not as it should be at this moment; it ends where that is another story. */
export function seenWrong(before: WriteHistory | undefined, nowMs: number): WriteHistory | undefined {
  return before === undefined || isCalm(before, nowMs) ? undefined : { ...before, rightSinceMs: undefined };
}

/** The history of an object that is as it should be; it ends when it has been for long. */
export function seenRight(before: WriteHistory | undefined, nowMs: number): WriteHistory | undefined {
  if (before === undefined || isCalm(before, nowMs)) return undefined;
  return { ...before, rightSinceMs: before.rightSinceMs ?? nowMs };
}

/** How long the next write of an object that is wrong has to wait. */
export function writeWaitMs(history: WriteHistory | undefined, generation: number | undefined, nowMs: number): number {
  if (history === undefined || history.generation !== generation) return 0;
  return Math.max(0, history.lastMs + delayAfter(history.streak) - nowMs);
}

/** The history after a write, from the one of the object that was wrong until then. */
export function written(before: WriteHistory | undefined, generation: number | undefined, nowMs: number): WriteHistory {
  const goesOn = before !== undefined && before.generation === generation;
  const [streak, manager] = goesOn ? [before.streak + 1, before.manager] : [1, undefined];
  return { generation, streak, lastMs: nowMs, rightSinceMs: nowMs, manager };
}

/** Whether somebody undoes what is written, again and again. */
export function isLooping(history: WriteHistory, generation: number | undefined): boolean {
  return history.generation === generation && history.streak >= writeBudget.free;
}

/** After how long the object is worth a look though nothing happens: it may be written then, or is out of danger. */
export function nextLookMs({ streak, lastMs, rightSinceMs }: WriteHistory, nowMs: number): number | undefined {
  if (streak < writeBudget.free) return undefined;
  const dueMs = rightSinceMs === undefined ? lastMs + delayAfter(streak) : rightSinceMs + writeBudget.calmMs;
  return Math.max(0, dueMs - nowMs);
}

const isCalm = ({ rightSinceMs }: WriteHistory, nowMs: number): boolean =>
  rightSinceMs !== undefined && nowMs - rightSinceMs >= writeBudget.calmMs;

function delayAfter(streak: number): number {
  const { free, firstDelayMs, mostDelayMs } = writeBudget;
  return streak < free ? 0 : Math.min(firstDelayMs * 2 ** (streak - free), mostDelayMs);
}
