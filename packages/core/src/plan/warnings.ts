import { costLine, externalLines, podLines, roleLine } from './describe-link.ts';
import type { RiskInput } from './risk-input.ts';
import { obstacles, risks } from './risks.ts';

/**
 * What a user reads when a shortcut is accepted: who is server and why, what each side will call the other's pods, what
 * stands in the way, what it costs, what may go wrong. The most important lines first.
 */
export function planWarnings(input: RiskInput): string[] {
  const { plan, spec } = input;
  return [
    roleLine(plan),
    ...plan.sides.flatMap(podLines),
    ...obstacles(input),
    // What is only watched takes nothing.
    ...(spec.existing === 'Observe' ? [] : [costLine(plan, spec)]),
    ...risks(input),
    ...externalLines(plan),
  ];
}
