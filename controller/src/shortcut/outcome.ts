import { isApiError } from '@leafway/reconciler';
import type { LeafActionError } from './act.ts';
import type { ActOutcome } from './act-on-leaves.ts';
import type { Verdict } from './conditions.ts';
import type { Decision } from './decide.ts';
import { settledKey } from './repair.ts';
import type { WriteHistories } from './write-budget.ts';

/** The reason of a shortcut whose last attempt a leaf refused. */
export const leafError = 'LeafError' satisfies Verdict['reason'];

/** The repairs on leaves where nothing failed, with who made them necessary. */
export function carriedOutRepairs(repairs: Decision['repairs'], { failures, owners }: ActOutcome): Decision['repairs'] {
  const done = [...repairs].filter(([leaf]) => !failures.has(leaf));
  return new Map(
    done.map(([leaf, found]) => [
      leaf,
      found.map((repair) => ({ ...repair, by: owners.get(leaf)?.get(settledKey(repair.object)) })),
    ]),
  );
}

/**
 * What a leaf refused is tried again by other rules. Not so where somebody was faster: that is how those look who change
 * an object without end.
 */
export function writesThatCount(writes: Decision['writes'], { failures, owners }: ActOutcome): Decision['writes'] {
  const counted = [...writes].filter(([leaf]) => {
    const cause = failures.get(leaf)?.cause;
    return cause === undefined || isApiError(cause, 'Conflict');
  });
  return new Map(
    counted.map(([leaf, histories]): [string, WriteHistories] => [
      leaf,
      new Map(
        [...histories].map(([key, history]) => {
          const manager = owners.get(leaf)?.get(key);
          return [key, manager === undefined ? history : { ...history, manager }];
        }),
      ),
    ]),
  );
}

/** A failure shows in the status, but for the ones that only mean that somebody else was faster. */
export function carriedOut(decision: Decision, failures: ReadonlyMap<string, LeafActionError>): Decision {
  if (failures.size === 0) return decision;
  const failed = { ...decision, unfinished: true };
  const shown = [...failures.values()].filter(
    ({ cause }) => !isApiError(cause, 'Conflict') && !isApiError(cause, 'Aborted'),
  );
  if (shown.length === 0) return failed;
  const message = shown.map((failure) => failure.message).join('; ');
  return {
    ...failed,
    verdicts: decision.verdicts.map((verdict) =>
      verdict.type === 'Ready' ? { ...verdict, status: 'False', reason: leafError, message } : verdict,
    ),
  };
}
