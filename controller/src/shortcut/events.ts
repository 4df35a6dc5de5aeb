import type { ShortcutStatus, VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import type { Decision } from './decide.ts';
import { repairMessage } from './repair.ts';

/** What people are told in `kubectl describe`, beside the status; reasons are those of the conditions where there is one. */
export interface ShortcutEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly action: 'Connect' | 'Repair' | 'RotateKeys';
  readonly note: string;
}

/** Where people are told: an event recorder. */
export interface ShortcutEvents {
  record(regarding: VirtualNodeShortcut, event: ShortcutEvent): void;
}

/** What happened between two states of a shortcut: it was refused, became Ready, or is Ready no more. */
export function transitionEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): ShortcutEvent[] {
  const events: ShortcutEvent[] = [];
  const [accepted, ready] = ['Accepted', 'Ready'].map((type) => findCondition(after.conditions ?? [], type));
  const [wasAccepted, wasReady] = ['Accepted', 'Ready'].map((type) => findCondition(before?.conditions ?? [], type));
  if (accepted?.status === 'False' && accepted.reason !== wasAccepted?.reason)
    events.push({ type: 'Warning', reason: accepted.reason, action: 'Connect', note: accepted.message });
  else if (ready?.status === 'True' && wasReady?.status !== 'True')
    events.push({ type: 'Normal', reason: 'Ready', action: 'Connect', note: ready.message });
  else if (wasReady?.status === 'True' && ready?.status !== 'True' && after.phase !== 'Deleting')
    events.push({ type: 'Warning', reason: 'NotReady', action: 'Connect', note: ready?.message ?? '' });
  return events;
}

/** That both gateways have other keys now, or why they do not get any. */
export function keyRotationEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): ShortcutEvent[] {
  const [was, is] = [before?.keyRotation, after.keyRotation];
  const action = 'RotateKeys';
  if (is?.lastTime !== undefined && is.lastTime !== was?.lastTime)
    return [{ type: 'Normal', reason: 'KeysRotated', action, note: 'Both gateways have other keys than before.' }];
  if (is?.message === undefined || is.message === was?.message) return [];
  return [{ type: 'Normal', reason: 'KeysDue', action, note: is.message }];
}

/** One event for each object that was restored. */
export function repairEvents(repairs: Decision['repairs']): ShortcutEvent[] {
  return [...repairs].flatMap(([cluster, onCluster]) =>
    onCluster.map((repair) => {
      const note = repairMessage(repair, cluster);
      return { type: 'Warning', reason: 'Repaired', action: 'Repair', note } as const;
    }),
  );
}
