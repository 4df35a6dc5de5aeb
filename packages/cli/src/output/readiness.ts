import type { Condition, VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';

/** The conditions that speak of the spec as it is now; those of an earlier one say nothing of it. */
export function currentConditions({ metadata, status }: VirtualNodeShortcut): Condition[] {
  return (status?.conditions ?? []).filter(
    ({ observedGeneration }) => observedGeneration === undefined || observedGeneration === metadata.generation,
  );
}

/** Whether the link carries traffic, as far as the controller knows. */
export function isReady(shortcut: VirtualNodeShortcut): boolean {
  return findCondition(currentConditions(shortcut), 'Ready')?.status === 'True';
}

/** What keeps a shortcut from being Ready: the first thing that is missing, in the order in which they come true. */
export function missing(shortcut: VirtualNodeShortcut): { readonly type: string; readonly message: string } {
  const conditions = currentConditions(shortcut);
  if (conditions.length === 0) {
    const message = 'The controller has not looked at it yet; does it run?';
    return { type: 'Accepted', message };
  }
  const ready = findCondition(conditions, 'Ready');
  if (ready?.reason === 'Paused' || ready?.reason === 'Deleting') return ready;
  const message = ready === undefined ? 'The last change of its spec is not carried out yet.' : 'It is Ready.';
  return conditions.find(({ status }) => status !== 'True') ?? { type: 'Ready', message };
}

/** Reasons that no patience helps against: a person has to change something. */
const needsAPerson = new Set(['Invalid', 'Conflicted', 'LinkExists', 'NotAdoptable', 'Paused', 'Deleting']);

/** Why waiting for a shortcut is in vain; `undefined` while there is hope. */
export function hopeless(shortcut: VirtualNodeShortcut): string | undefined {
  const conditions = currentConditions(shortcut);
  const accepted = findCondition(conditions, 'Accepted');
  const blocked = [accepted, findCondition(conditions, 'Ready')].find(
    (condition) => condition !== undefined && condition.status !== 'True' && needsAPerson.has(condition.reason),
  );
  return blocked?.message;
}

/** What a person does next about a shortcut that is not Ready. */
export function nextStep(shortcut: VirtualNodeShortcut): string {
  return `"leafway describe ${shortcut.metadata.name}" shows everything about it`;
}

/** A condition's message as a part of a longer sentence. */
export function asClause(message: string): string {
  return message.replace(/\.$/, '');
}
