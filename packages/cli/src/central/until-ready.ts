import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { failed } from '../errors.ts';
import { formatSeconds } from '../output/duration.ts';
import { asClause, currentConditions, hopeless, isReady, missing, nextStep } from '../output/readiness.ts';
import { explainTrouble } from './explain-error.ts';
import { type WaitDependencies, waitFor } from './wait-for.ts';

export interface FollowDependencies extends WaitDependencies {
  /** A line about how it is going. */
  progress(line: string): void;
}

/** How long nothing may change before it is said what is waited for. */
const quietMs = 3_000;

/**
 * Follows a shortcut until it is Ready and tells each condition as it becomes true, with the time since `startMs`.
 * Throws a `CliError` that says what is missing when the time is over, at once when waiting is in vain.
 */
export async function untilReady(
  deps: FollowDependencies,
  { metadata: { name, uid } }: VirtualNodeShortcut,
  { timeoutMs, startMs }: { readonly timeoutMs: number; readonly startMs: number },
): Promise<VirtualNodeShortcut> {
  const teller = createTeller(deps, startMs);
  let last: VirtualNodeShortcut | undefined;
  const reached = await waitFor<VirtualNodeShortcut, VirtualNodeShortcut>(deps, {
    type: kinds.shortcuts,
    name,
    timeoutMs,
    goesOn: `the shortcut ${name} is set up without you: "leafway get ${name}" shows how it goes`,
    until: (shortcut) => {
      if (shortcut === undefined || shortcut.metadata.uid !== uid)
        throw failed(`the shortcut ${name} was deleted while it was waited for`);
      last = shortcut;
      teller.tell(shortcut);
      if (isReady(shortcut)) return shortcut;
      const reason = hopeless(shortcut);
      if (reason !== undefined) throw failed(`${name} does not become Ready: ${reason}`);
      return undefined;
    },
    onTrouble: (problem) => deps.progress(explainTrouble(problem)),
  }).finally(teller.stop);
  if (reached !== undefined) return reached;
  throw failed(notReady(name, last, timeoutMs));
}

function notReady(name: string, last: VirtualNodeShortcut | undefined, timeoutMs: number): string {
  const head = `${name} is not Ready after ${timeoutMs / 1_000} s`;
  if (last === undefined) return `${head}: the central cluster did not answer`;
  const { type, message } = missing(last);
  return `${head}: ${type}: ${asClause(message)}; ${nextStep(last)}`;
}

interface Teller {
  /** Tells what came true since the last state. */
  tell(shortcut: VirtualNodeShortcut): void;
  stop(): void;
}

function createTeller({ clock, progress }: FollowDependencies, startMs: number): Teller {
  const told = new Map<string, string>();
  let cancelTimer = (): void => undefined;
  const line = (type: string, message: string): void => {
    if (told.get(type) === message) return;
    told.set(type, message);
    progress(`${formatSeconds(clock.monotonicMs() - startMs).padStart(9)}  ${type.padEnd(17)}  ${message}`);
  };
  return {
    tell: (shortcut) => {
      for (const { type, status, message } of currentConditions(shortcut)) {
        if (status === 'True') line(type, message);
      }
      cancelTimer();
      cancelTimer = clock.setTimer(quietMs, () => {
        const { type, message } = missing(shortcut);
        line(type, `waiting: ${message}`);
      });
    },
    stop: () => cancelTimer(),
  };
}
