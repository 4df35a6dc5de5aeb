import type { FleetSize } from '../../fleet/shape.ts';
import { alternate } from '../../statistics/alternate.ts';
import { startFleet } from './fleet-process.ts';
import type { ChangeFacts, DecisionFacts, LoadFacts, PrefixFacts } from './messages.ts';

/** What was measured in a fleet of one size. */
export interface FleetSample {
  readonly size: FleetSize;
  readonly load: LoadFacts;
  /** Round by round; those of two fleets belong together. */
  readonly decisions: readonly DecisionFacts[];
  readonly prefixes: readonly PrefixFacts[];
  readonly changes: readonly ChangeFacts[];
}

export interface IndexPlan {
  /** The same leaves with few shortcuts and with many. */
  readonly few: FleetSize;
  readonly many: FleetSize;
  readonly rounds: number;
}

/** Two fleets, each in a process of its own as the webhook holds it, measured by turns. */
export async function measureIndex(
  plan: IndexPlan,
  progress: (line: string) => void,
): Promise<{ readonly few: FleetSample; readonly many: FleetSample }> {
  const few = await startFleet(plan.few);
  try {
    progress(`${plan.few.shortcuts} shortcuts are loaded; now ${plan.many.shortcuts}`);
    const many = await startFleet(plan.many);
    try {
      progress(`loaded in ${(many.load.loadMs / 1_000).toFixed(1)} s; decisions by turns`);
      const fleets = { few, many };
      const seen = { few: emptySample(plan.few, few.load), many: emptySample(plan.many, many.load) };
      for (const which of ['few', 'many'] as const) await fleets[which].measure('decisions');
      for (const which of alternate<'few' | 'many'>('few', 'many', plan.rounds)) {
        seen[which].decisions.push(await fleets[which].measure('decisions'));
        seen[which].prefixes.push(await fleets[which].measure('prefixes'));
        seen[which].changes.push(await fleets[which].measure('changes'));
      }
      return seen;
    } finally {
      many.stop();
    }
  } finally {
    few.stop();
  }
}

function emptySample(size: FleetSize, load: LoadFacts) {
  const [decisions, prefixes, changes]: [DecisionFacts[], PrefixFacts[], ChangeFacts[]] = [[], [], []];
  return { size, load, decisions, prefixes, changes };
}
