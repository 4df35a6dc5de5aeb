import { type Clock, sleep } from '@leafway/reconciler';
import type { LabPlan } from '../plan/lab-plan.ts';
import type { LabLayout } from '../plan/layout.ts';
import type { PartSpec } from './part.ts';

/** What every step of bringing a lab up works with. */
export interface BringUp {
  readonly plan: LabPlan;
  readonly layout: LabLayout;
  readonly clock: Clock;
  /** Starts a part and keeps it running. */
  readonly start: (part: PartSpec) => void;
  /** Tells the person who waits what has been reached. */
  readonly progress: (text: string) => void;
  /** Ends the start when a part gives up. */
  readonly signal: AbortSignal;
}

/** Generous: on a busy machine with many clusters a server takes its time. */
export const serverTimeoutMs = 120_000;

/** Time, in the words of those who wait. */
export function waiting({ clock, signal }: BringUp): {
  sleep: (ms: number) => Promise<void>;
  monotonicMs: () => number;
} {
  return { sleep: (ms) => sleep(clock, ms, signal), monotonicMs: () => clock.monotonicMs() };
}
