import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { failed } from '../errors.ts';
import { formatSeconds } from '../output/duration.ts';
import { asClause, missing } from '../output/readiness.ts';
import { explainTrouble } from './explain-error.ts';
import { type WaitDependencies, waitFor } from './wait-for.ts';

/**
 * Follows a shortcut that is being deleted until it is gone. Throws a `CliError` that says what is still in the way
 * when the time is over.
 */
export async function untilGone(
  deps: WaitDependencies & { progress(line: string): void },
  { metadata: { name, uid } }: VirtualNodeShortcut,
  timeoutMs: number,
): Promise<{ readonly elapsedMs: number }> {
  const startMs = deps.clock.monotonicMs();
  let told = '';
  const gone = await waitFor<VirtualNodeShortcut, true>(deps, {
    type: kinds.shortcuts,
    name,
    timeoutMs,
    goesOn: `the shortcut ${name} is taken down without you`,
    until: (shortcut) => {
      if (shortcut === undefined || shortcut.metadata.uid !== uid) return true;
      const { message } = missing(shortcut);
      if (shortcut.status?.phase === 'Deleting' && message !== told) {
        told = message;
        deps.progress(`${formatSeconds(deps.clock.monotonicMs() - startMs).padStart(9)}  ${message}`);
      }
      return undefined;
    },
    onTrouble: (problem) => deps.progress(explainTrouble(problem)),
  });
  if (gone) return { elapsedMs: deps.clock.monotonicMs() - startMs };
  const why = told === '' ? 'the controller has not begun to take it down; does it run?' : asClause(told);
  throw failed(
    `${name} is still there after ${timeoutMs / 1_000} s: ${why}; it goes on without you: "leafway describe ${name}" shows what is left`,
  );
}
