/** How a gateway server does. `Unknown`: something else is missing, or cannot be seen, so that nothing can be said of it. */
export type ServerSymptom = 'Works' | 'NoAddress' | 'NotReached' | 'Unknown';

/** What keeps a server from working. */
export type ServerFailure = Exclude<ServerSymptom, 'Works' | 'Unknown'>;

/** What is known of the gateway servers of one link by having tried them; times are of one monotonic clock. */
export interface ServerTrials {
  /** The one that is tried now. */
  readonly server?: string | undefined;
  /** Since when it works, or fails, without a break. */
  readonly worksSinceMs?: number | undefined;
  readonly failsSinceMs?: number | undefined;
  /** The one that worked last: where to go back to when none does. */
  readonly proven?: string | undefined;
  /** By cluster: how it failed for long, and what its situation was then. */
  readonly failed: ReadonlyMap<string, { readonly failure: ServerFailure; readonly situation: string }>;
}

/** Nothing was tried yet. */
export const noTrials: ServerTrials = { failed: new Map() };

/**
 * How long a server has to fail before the other cluster is tried: one that never worked is likely out of reach, one
 * that did has likely an outage, which the other cluster would not end, and would lose its address by moving. After `forgivenMs` of working nobody holds
 * anything against anyone.
 */
export const trialMs = { unproven: 5 * 60_000, proven: 60 * 60_000, forgiven: 10 * 60_000 } as const;

/** One look at the server. */
export interface ServerLook {
  readonly server: string;
  readonly symptom: ServerSymptom;
  /** By cluster: everything a new attempt would be worth making for when it changes. */
  readonly situations: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** The next state of the trials: pure. */
export function tryServer(before: ServerTrials, look: ServerLook): ServerTrials {
  const { server, symptom, situations, nowMs } = look;
  const isSame = before.server === server;
  const current = new Map([...before.failed].filter(([id, { situation }]) => situations.get(id) === situation));
  if (symptom === 'Unknown') return { server, proven: before.proven, failed: current };
  if (symptom === 'Works') {
    const worksSinceMs = (isSame ? before.worksSinceMs : undefined) ?? nowMs;
    const failed = nowMs - worksSinceMs >= trialMs.forgiven ? noTrials.failed : current;
    return { server, worksSinceMs, proven: server, failed };
  }
  const failsSinceMs = (isSame ? before.failsSinceMs : undefined) ?? nowMs;
  if (nowMs - failsSinceMs >= patienceMs(before, server)) {
    current.set(server, { failure: symptom, situation: situations.get(server) ?? '' });
  }
  return { server, failsSinceMs, proven: before.proven, failed: current };
}

const patienceMs = ({ proven }: ServerTrials, server: string): number =>
  proven === server ? trialMs.proven : trialMs.unproven;

/** After how long the server that fails now will have been tried enough; `undefined` while none does, or it has been. */
export function trialEndsAfterMs(trials: ServerTrials, nowMs: number): number | undefined {
  const { server, failsSinceMs, failed } = trials;
  if (server === undefined || failsSinceMs === undefined || failed.has(server)) return undefined;
  return Math.max(0, failsSinceMs + patienceMs(trials, server) - nowMs);
}

/**
 * Those that an election is to leave out. When all were tried in vain it is the one that worked last that goes on, else
 * the last that was tried: no cluster gets another turn before its situation changes, so nothing ever swings.
 */
export function unfitServers({ proven, failed }: ServerTrials, situations: ReadonlyMap<string, string>): string[] {
  const ids = [...situations.keys()];
  const unfit = ids.filter((id) => failed.has(id) && failed.get(id)?.situation === situations.get(id));
  if (unfit.length < ids.length) return unfit;
  return proven === undefined ? [] : ids.filter((id) => id !== proven);
}
