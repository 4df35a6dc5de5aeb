import type { RequestCount } from '../audit/count-requests.ts';
import { type Aim, judgeAim } from '../report/aims.ts';

/** What was asked in a time in which nothing happened. */
export interface SteadySample {
  /** How many were Ready all the time. */
  readonly shortcuts: number;
  readonly seconds: number;
  readonly controller: RequestCount;
  readonly agents: RequestCount;
  readonly webhook: RequestCount;
}

export interface SteadyFigures {
  readonly samples: readonly SteadySample[];
  readonly aims: readonly Aim[];
}

export function steadyFigures(samples: readonly SteadySample[]): SteadyFigures {
  const aims = samples.map(({ shortcuts, seconds, controller }) =>
    judgeAim(`requests of the controller in ${seconds} s, ${formatShortcuts(shortcuts)}`, controller.total, 0),
  );
  return { samples, aims };
}

/** The number at the top of the document: of the run with the most shortcuts. */
export function steadyHeadline({ samples }: SteadyFigures): Record<string, number> {
  return { steadyRequests: samples.at(-1)?.controller.total ?? 0 };
}

export function formatShortcuts(count: number): string {
  return count === 1 ? '1 shortcut' : `${count} shortcuts`;
}
