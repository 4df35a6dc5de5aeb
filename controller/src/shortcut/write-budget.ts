/** What was written of one object lately, on the monotonic clock. */
export interface WriteHistory {
  /** Of the shortcut that it was written for: a new spec is a new beginning. */
  readonly generation: number | undefined;
  /** One for each write, and one less for each `leakMs` that the object stays right. */
  readonly level: number;
  readonly lastMs: number;
  /** Since when it is as it was written; absent while it is not. */
  readonly rightSinceMs: number | undefined;
  /** It was written so often that there must be somebody who undoes it. */
  readonly isLooping: boolean;
  /** The field manager that changed it last, as far as the cluster tells. */
  readonly manager?: string | undefined;
}

/** Of the objects of one leaf, by `settledKey`. */
export type WriteHistories = ReadonlyMap<string, WriteHistory>;

/**
 * How often one object is written, whoever changes it, how often, and why: ten times at once, then after 5 s, 10 s, 20 s
 * and so on, up to five minutes; for each six seconds that it stays right, one more is at once. So in no minute there are
 * more than twenty writes, and where somebody does not stop, one in five minutes. It counts as looping from ten on until
 * five are left.
 */
export const writeBudget = {
  free: 10,
  leakMs: 6_000,
  firstDelayMs: 5_000,
  mostDelayMs: 5 * 60_000,
  calmBelow: 5,
} as const;

/** At this level the delay is the longest: more would only take longer to be forgotten. */
const mostLevel = 17;

/** For so long a write explains what happens to the link. */
export const disturbedMs = 60_000;

/** The history of an object that is not as it should be at this moment. */
export function seenWrong(before: WriteHistory | undefined, nowMs: number): WriteHistory | undefined {
  const now = leaked(before, nowMs);
  return now === undefined ? undefined : { ...now, rightSinceMs: undefined };
}

/** The history of an object that is as it should be; it ends when it has been for long. */
export function seenRight(before: WriteHistory | undefined, nowMs: number): WriteHistory | undefined {
  const now = leaked(before, nowMs);
  return now === undefined ? undefined : { ...now, rightSinceMs: now.rightSinceMs ?? nowMs };
}

/** How long the next write of an object that is wrong has to wait. */
export function writeWaitMs(history: WriteHistory | undefined, generation: number | undefined, nowMs: number): number {
  if (history === undefined || history.generation !== generation) return 0;
  return Math.max(0, history.lastMs + delayAfter(history.level) - nowMs);
}

/** The history after a write, from the one of the object that was wrong until then. */
export function written(before: WriteHistory | undefined, generation: number | undefined, nowMs: number): WriteHistory {
  const start = { generation, lastMs: nowMs, rightSinceMs: nowMs };
  if (before === undefined || before.generation !== generation) return { ...start, level: 1, isLooping: false };
  const level = Math.min(before.level + 1, mostLevel);
  return { ...start, level, isLooping: before.isLooping || level >= writeBudget.free, manager: before.manager };
}

/** After how long the object is worth a look though nothing happens: it may be written then, or is out of danger. */
export function nextLookMs({ level, lastMs, rightSinceMs }: WriteHistory, nowMs: number): number {
  const { calmBelow, leakMs } = writeBudget;
  const dueMs =
    rightSinceMs === undefined ? lastMs + delayAfter(level) : rightSinceMs + (level - calmBelow + 1) * leakMs;
  return Math.max(0, dueMs - nowMs);
}

/** What is left of a history; `undefined` when that is nothing. */
function leaked(before: WriteHistory | undefined, nowMs: number): WriteHistory | undefined {
  if (before?.rightSinceMs === undefined) return before;
  const steps = Math.floor((nowMs - before.rightSinceMs) / writeBudget.leakMs);
  const level = Math.max(0, before.level - steps);
  if (level === 0 && nowMs - before.lastMs >= disturbedMs) return undefined;
  const isLooping = before.isLooping && level >= writeBudget.calmBelow;
  return { ...before, level, isLooping, rightSinceMs: before.rightSinceMs + steps * writeBudget.leakMs };
}

function delayAfter(level: number): number {
  const { free, firstDelayMs, mostDelayMs } = writeBudget;
  return level < free ? 0 : Math.min(firstDelayMs * 2 ** (level - free), mostDelayMs);
}
