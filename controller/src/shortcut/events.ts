import type { ShortcutClusterStatus, ShortcutStatus } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import type { OperatorEvent } from '../events.ts';
import type { Decision } from './decide.ts';
import { repairMessage } from './repair.ts';

/** What happened between two states of a shortcut, as far as people should be told. */
export function transitionEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): OperatorEvent[] {
  return [...conditionEvents(before, after), ...newlyWithout(before, after), ...clusterEvents(before, after)];
}

/** It was refused, became Ready, is Ready no more, is paused, or somebody fights over its objects. */
function conditionEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): OperatorEvent[] {
  const [accepted, ready] = ['Accepted', 'Ready'].map((type) => findCondition(after.conditions ?? [], type));
  const [wasAccepted, wasReady] = ['Accepted', 'Ready'].map((type) => findCondition(before?.conditions ?? [], type));
  const connect = { action: 'Connect', note: ready?.message ?? '' } as const;
  if (accepted?.status === 'False' && accepted.reason !== wasAccepted?.reason)
    return [{ type: 'Warning', reason: accepted.reason, action: 'Connect', note: accepted.message }];
  if (accepted?.reason === 'Adopting' && wasAccepted?.reason !== 'Adopting')
    return [{ type: 'Normal', reason: 'Adopting', action: 'Adopt', note: accepted.message }];
  // While it lasts Ready may come and go with what is fought over.
  if (ready?.reason === 'RepairLoop')
    return wasReady?.reason === 'RepairLoop'
      ? []
      : [{ type: 'Warning', reason: 'RepairLoop', action: 'Repair', note: ready.message }];
  if (ready?.reason === 'Paused' && wasReady?.reason !== 'Paused')
    return [{ type: 'Normal', reason: 'Paused', ...connect }];
  if (ready?.status === 'True' && wasReady?.status !== 'True') return [{ type: 'Normal', reason: 'Ready', ...connect }];
  if (wasReady?.status === 'True' && ready?.status !== 'True' && after.phase !== 'Deleting')
    return [{ type: 'Warning', reason: ready?.reason ?? 'NotReady', ...connect }];
  return [];
}

const noPath = 'DirectPathUnavailable';

/** Every server that is possible was tried in vain. */
function newlyWithout(before: ShortcutStatus | undefined, after: ShortcutStatus): OperatorEvent[] {
  const find = (status: ShortcutStatus | undefined) =>
    status?.conditions?.find(({ type, reason }) => type !== 'Accepted' && reason === noPath);
  const found = find(after);
  if (found === undefined || find(before) !== undefined) return [];
  return [{ type: 'Warning', reason: noPath, action: 'Connect', note: found.message }];
}

/** What was true of an end of a running link, and is not any more: whoever relies on it has to know. */
function clusterEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): OperatorEvent[] {
  return (after.clusters ?? []).flatMap((cluster) => {
    const was = before?.clusters?.find(({ id }) => id === cluster.id);
    return was === undefined ? [] : [...rangeEvents(was, cluster), ...roleEvents(was, cluster)];
  });
}

function rangeEvents(was: ShortcutClusterStatus, { id, ...is }: ShortcutClusterStatus): OperatorEvent[] {
  const own = changeWords(was.podCIDRs, is.podCIDRs) ?? changeWords(was.externalCIDRs, is.externalCIDRs);
  const seen =
    changeWords(was.remappedPodCIDRs, is.remappedPodCIDRs) ??
    changeWords(was.remappedExternalCIDRs, is.remappedExternalCIDRs);
  const rest = 'Direct addresses from before lead nowhere: look them up anew.';
  return [
    ...(own === undefined ? [] : [changed('RangesChanged', `The ranges of ${id} changed ${own}. ${rest}`)]),
    ...(seen === undefined
      ? []
      : [changed('NamesChanged', `What the other side calls ${id} changed ${seen}. ${rest}`)]),
  ];
}

const changed = (reason: string, note: string): OperatorEvent => ({ type: 'Warning', reason, action: 'Connect', note });

/** `from 10.244.0.0/16 to 10.245.0.0/16`; `undefined` where nothing was or is known, or it is the same. */
function changeWords(was: readonly string[] = [], is: readonly string[] = []): string | undefined {
  const [from, to] = [was.join(', '), is.join(', ')];
  return from === '' || to === '' || from === to ? undefined : `from ${from} to ${to}`;
}

function roleEvents(was: ShortcutClusterStatus, { id, role, roleReason }: ShortcutClusterStatus): OperatorEvent[] {
  if (was.role === role || role !== 'Server') return [];
  return [
    {
      type: 'Normal',
      reason: 'ServerChanged',
      action: 'Connect',
      note: `${id} runs the gateway server now: ${roleReason}.`,
    },
  ];
}

/** That both gateways have other keys now, or why they do not get any. */
export function keyRotationEvents(before: ShortcutStatus | undefined, after: ShortcutStatus): OperatorEvent[] {
  const [was, is] = [before?.keyRotation, after.keyRotation];
  const action = 'RotateKeys';
  if (is?.lastTime !== undefined && is.lastTime !== was?.lastTime)
    return [{ type: 'Normal', reason: 'KeysRotated', action, note: 'Both gateways have other keys than before.' }];
  if (is?.message === undefined || is.message === was?.message) return [];
  return [{ type: 'Normal', reason: 'KeysDue', action, note: is.message }];
}

/** One event for each object that was restored. */
export function repairEvents(repairs: Decision['repairs']): OperatorEvent[] {
  return [...repairs].flatMap(([cluster, onCluster]) =>
    onCluster.map((repair) => {
      const note = repairMessage(repair, cluster);
      return { type: 'Warning', reason: 'Repaired', action: 'Repair', note } as const;
    }),
  );
}
