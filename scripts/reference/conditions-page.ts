import { table } from './table.ts';

/** The conditions of a kind in the order in which they become true, each with its reasons and what these stand for. */
export interface DocumentedConditions {
  readonly kind: string;
  readonly reasons: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The reference page of conditions in Markdown. */
export function renderConditionsPage(kinds: readonly DocumentedConditions[]): string {
  return [
    '# Conditions and reasons',
    'All conditions are positive: `True` is good. Types and reasons are stable words for programs; the message beside them is ' +
      'for people and may change. `Ready` follows from the others, so `kubectl wait --for=condition=Ready` works on every kind. ' +
      'A condition counts for the spec that its `observedGeneration` names. `leafway describe` says what to do about each.',
    ...kinds.flatMap(({ kind, reasons }) => [`## ${kind}`, reasonTable(reasons)]),
  ].join('\n\n');
}

function reasonTable(reasons: DocumentedConditions['reasons']): string {
  const rows = Object.entries(reasons).flatMap(([type, meanings]) =>
    Object.entries(meanings).map(([reason, meaning], index) => [
      index === 0 ? `\`${type}\`` : '',
      `\`${reason}\``,
      meaning,
    ]),
  );
  return table(['Condition', 'Reason', 'Meaning'], rows);
}
