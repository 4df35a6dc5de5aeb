import type { Condition, LeafClusterStatus } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import type { OperatorEvent } from '../events.ts';
import type { LeafVerdict } from './conditions.ts';

/** What people are told of, and what the controller was about. */
const told: readonly (readonly [LeafVerdict['type'], OperatorEvent['action']])[] = [
  ['Reachable', 'LogIn'],
  ['CredentialsCurrent', 'LogIn'],
  ['Permitted', 'LogIn'],
  ['CleanedUp', 'CleanUp'],
];

/** What of a leaf became true or false between two states of it. That all is well at the first look is no news. */
export function leafEvents(before: LeafClusterStatus | undefined, after: LeafClusterStatus): OperatorEvent[] {
  return told.flatMap(([type, action]) => {
    const was = findCondition(before?.conditions ?? [], type)?.status ?? 'True';
    const is = findCondition(after.conditions ?? [], type);
    return is === undefined || is.status === was || is.status === 'Unknown' ? [] : [eventOf(is, action)];
  });
}

function eventOf({ status, reason, message }: Condition, action: OperatorEvent['action']): OperatorEvent {
  return { type: status === 'True' ? 'Normal' : 'Warning', reason, action, note: message };
}
