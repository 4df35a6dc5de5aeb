import type { VirtualNodeShortcut } from '@leafway/core';
import type { Verdict } from './conditions.ts';
import { describeObject } from './observation.ts';
import type { RepairLoop } from './side-step.ts';

type Ready = Extract<Verdict, { type: 'Ready' }>;

/** What `Ready` depends on besides the other conditions. */
export interface ReadinessOptions {
  readonly paused: boolean;
  /** By leaf: what somebody fights over. */
  readonly loops: ReadonlyMap<string, readonly RepairLoop[]>;
}

/** The link as a whole: Ready when all that was judged is True; the first that is not gives the message. */
export function readiness(
  { status }: VirtualNodeShortcut,
  verdicts: readonly Verdict[],
  { paused, loops }: ReadinessOptions,
): Ready {
  const missing = verdicts.find(({ status: is }) => is !== 'True');
  const type = 'Ready';
  const loop = loopWords(loops);
  if (missing === undefined) {
    if (paused) {
      return { type, status: 'True', reason: 'Paused', message: 'The direct tunnel works; changes to it are paused.' };
    }
    return loop === undefined
      ? { type, status: 'True', reason: 'Ready', message: 'The direct tunnel carries traffic.' }
      : { type, status: 'True', reason: 'RepairLoop', message: `The direct tunnel carries traffic, but ${loop}` };
  }
  if (paused) return { type, status: 'False', reason: 'Paused', message: `Changes are paused; ${missing.message}` };
  if (loop !== undefined) {
    return { type, status: 'False', reason: 'RepairLoop', message: `${missing.message} Besides, ${loop}` };
  }
  const isDegraded = isAlive(missing) || hasWorked(status?.phase);
  return { type, status: 'False', reason: isDegraded ? 'Degraded' : 'NotReady', message: missing.message };
}

/** A link that was Ready is Degraded until it is again, or refused. */
export const hasWorked = (phase: string | undefined): boolean => phase === 'Ready' || phase === 'Degraded';

/** Some packets pass. */
const isAlive = ({ reason }: Verdict): boolean =>
  reason === 'LargePacketsLost' || reason === 'OneWay' || reason === 'Unstable';

function loopWords(loops: ReadinessOptions['loops']): string | undefined {
  const [first] = [...loops].flatMap(([leaf, found]) => found.map((loop) => ({ leaf, loop })));
  if (first === undefined) return undefined;
  const { object, by = 'somebody else' } = first.loop;
  return `${describeObject(object, first.leaf)} is changed or removed by ${by} as often as it is brought back; so it is brought back ever less often. Stop that, or set spec.paused to leave everything as it is.`;
}
