/** What a part is: one word, as `lab status` shows it. */
export type PartKind = 'etcd' | 'apiserver' | 'controller-manager' | 'agent' | 'webhook' | 'controller' | 'pod';

/** One process of the lab. */
export interface PartSpec {
  /** Unique in the lab: `<kind>-<cluster>`, for a pod `<cluster>/<pod>`. */
  readonly name: string;
  readonly cluster: string;
  readonly kind: PartKind;
  /** Executable and arguments. */
  readonly command: readonly string[];
}

/**
 * - `running`: its process exists;
 * - `restarting`: it ended and is started again after a pause;
 * - `stopped`: it is not running and nothing will start it.
 */
export type PartState = 'running' | 'restarting' | 'stopped';

/** A part as the supervisor sees it; `pid` is the one inside the frame. */
export interface PartReport {
  readonly name: string;
  readonly cluster: string;
  readonly kind: PartKind;
  readonly pid: number | null;
  readonly state: PartState;
  readonly restarts: number;
}

/** What files about a part are called; a dot is in no cluster ID, so no two parts share one. */
export function fileNameOf(part: { readonly name: string }): string {
  return part.name.replace('/', '.');
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** How long a part that is told to stop has for that. */
export const stopGraceMs = 5_000;

/** A run that lasted this long was a good one: the next failure counts as the first. */
export const goodRunMs = 10_000;

/** How long to wait before the start after the given number of failures in a row: doubles, at most five seconds. */
export function restartDelayMs(failuresInARow: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, failuresInARow - 1));
}
