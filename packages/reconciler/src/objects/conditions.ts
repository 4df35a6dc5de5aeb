import { printable } from './printable.ts';

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

/** The most characters of a message: enough for people, and far below what any schema of conditions allows. */
const maxMessageLength = 1_024;

/**
 * The list with `next` in it: in the place of the condition of its type, else at the end. `lastTransitionTime`
 * moves only when the status changes, so an unchanged world gives an equal list. A message of more than 1,024
 * characters is cut, and has no control characters: words from elsewhere must never make a status too long to be written,
 * nor command the terminal of whoever reads it.
 */
export function setCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Date,
): Condition[] {
  const before = findCondition(conditions, next.type);
  const unchanged = before !== undefined && before.status === next.status;
  const condition: Condition = {
    ...next,
    message: writable(next.message),
    lastTransitionTime: unchanged ? before.lastTransitionTime : stamp(now),
  };
  if (before === undefined) return [...conditions, condition];
  return conditions.map((each) => (each.type === next.type ? condition : each));
}

/** The condition of that type. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Half a character would come back from the server as another one, and the status would be written without end. */
function writable(message: string): string {
  const cut = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength - 1)}…` : message;
  return printable(cut);
}

/** Kubernetes' `Time` has whole seconds. */
function stamp(now: Date): string {
  return now.toISOString().replace(/\.\d+Z$/, 'Z');
}
