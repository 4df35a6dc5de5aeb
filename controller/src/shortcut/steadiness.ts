/** How a link held up lately, on the monotonic clock. */
export interface Steadiness {
  readonly isGood: boolean;
  /** Since when it is as it is. */
  readonly sinceMs: number;
  /** When it fell without our doing, within the window. */
  readonly fellMs: readonly number[];
}

/**
 * A link that falls is believed at once, and one that comes back too, until it has fallen more than three times in ten
 * minutes: then it has to last for two minutes, up or down, before it counts as anything but unsteady. So in ten minutes
 * it changes between good and bad at most sixteen times, whatever happens.
 */
export const steadyLimits = { falls: 3, windowMs: 10 * 60_000, holdMs: 2 * 60_000 } as const;

/**
 * The state after one look. A fall that follows from what we change ourselves (`isDisturbed`) says nothing about the link;
 * neither does the first look.
 */
export function lookAt(
  before: Steadiness | undefined,
  { isGood, isDisturbed, nowMs }: { isGood: boolean; isDisturbed: boolean; nowMs: number },
): Steadiness {
  if (before === undefined) return { isGood, sinceMs: nowMs, fellMs: [] };
  const recent = before.fellMs.filter((atMs) => nowMs - atMs < steadyLimits.windowMs);
  if (before.isGood === isGood) return { ...before, fellMs: recent };
  const isFall = before.isGood && !isDisturbed;
  return { isGood, sinceMs: nowMs, fellMs: isFall ? [...recent, nowMs].slice(-mostFalls) : recent };
}

/** For how long a link still has to stay as it is; zero when it is steady. */
export function unsteadyForMs({ fellMs, sinceMs }: Steadiness, nowMs: number): number {
  return fellMs.length > steadyLimits.falls ? Math.max(0, sinceMs + steadyLimits.holdMs - nowMs) : 0;
}

/** More of them say nothing more. */
const mostFalls = 16;
