/** One entry of `status.conditions`, as `metav1.Condition` (KEP-1623) has it. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** One CamelCase word for machines. */
  reason: string;
  /** One sentence for people. */
  message: string;
  /** When `status` last changed. */
  lastTransitionTime: string;
  observedGeneration?: number;
}

/**
 * The list with `next` in it: in the place of the condition of its type, else at the end. `lastTransitionTime`
 * moves only when the status changes, so an unchanged world gives an equal list.
 */
export function setCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Date,
): Condition[] {
  const before = findCondition(conditions, next.type);
  const unchanged = before !== undefined && before.status === next.status;
  const condition: Condition = { ...next, lastTransitionTime: unchanged ? before.lastTransitionTime : stamp(now) };
  if (before === undefined) return [...conditions, condition];
  return conditions.map((each) => (each.type === next.type ? condition : each));
}

/** The condition of that type. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Kubernetes' `Time` has whole seconds. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}
