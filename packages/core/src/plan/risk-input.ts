import type { CompleteShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import type { PlanCore } from './describe-link.ts';

/** What is legal, and may yet not lead to what was meant: everything that it is judged by. */
export interface RiskInput {
  readonly plan: PlanCore;
  readonly spec: CompleteShortcutSpec;
  readonly facts: readonly [LeafFacts, LeafFacts];
  /** Without it nothing is said about credentials. */
  readonly now?: Date | undefined;
}
