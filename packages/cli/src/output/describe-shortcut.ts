import { defaultShortcutSpec, type ShortcutClusterStatus, type VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import { adviceFor } from './advice.ts';
import { formatAge } from './duration.ts';
import { lastRepair, type ShortcutEvent } from './events.ts';
import { latencyOf } from './shortcut-table.ts';
import { formatTable } from './table.ts';

/** Everything about a shortcut that a person may want to know, and what to do when it is not Ready. */
export function describeShortcut(shortcut: VirtualNodeShortcut, events: readonly ShortcutEvent[], now: Date): string[] {
  const sides = shortcut.status?.clusters ?? [];
  const advice = adviceFor(shortcut);
  return [
    ...fields(summary(shortcut, events, now)),
    ...sides.flatMap((side, index) => section(headOf(side), fields(sideOf(side, sides[1 - index])))),
    ...section('Objects on the leaves', objectRows(shortcut)),
    ...section('Conditions', conditionRows(shortcut, now)),
    ...section('Events', eventRows(events, now)),
    ...section('What to do', advice === undefined ? [] : [advice]),
  ];
}

type Field = readonly [name: string, value: string | undefined];

function summary(shortcut: VirtualNodeShortcut, events: readonly ShortcutEvent[], now: Date): Field[] {
  const { metadata, spec, status } = shortcut;
  const { gateway, ipMapping, deletionPolicy, paused } = defaultShortcutSpec(spec);
  const ready = findCondition(status?.conditions, 'Ready');
  const since = ready === undefined ? '' : `, for ${formatAge(ready.lastTransitionTime, now)}`;
  const repair = lastRepair(events);
  const { type, port, nodePort } = gateway.service;
  return [
    ['Name', metadata.name],
    ['Leaves', spec.clusters.map(({ id }) => id).join(', ')],
    ['Ready', `${ready?.status ?? 'Unknown'}${since}`],
    ['Phase', status?.phase ?? 'New'],
    ['Latency', latencyOf(shortcut)],
    ['MTU', String(gateway.mtu)],
    ['Service', `${type}, UDP port ${port}${nodePort === undefined ? '' : `, node port ${nodePort}`}`],
    ['Addresses', ipMapping.policy],
    ['When deleted', deletionPolicy],
    ['Paused', paused ? 'yes' : undefined],
    ['Created', `${metadata.creationTimestamp ?? '?'} (${formatAge(metadata.creationTimestamp, now)} ago)`],
    ['Last repair', repair === undefined ? undefined : `${formatAge(repair.at, now)} ago: ${repair.note}`],
  ];
}

const headOf = ({ id, role }: ShortcutClusterStatus): string =>
  role === undefined ? id : `${id} (${role.toLowerCase()})`;

function sideOf(side: ShortcutClusterStatus, peer: ShortcutClusterStatus | undefined): Field[] {
  const { gateway, connection } = side;
  const other = peer?.id ?? 'the other side';
  const verb = side.role === 'Client' ? 'dials' : 'listens at';
  const endpoint = gateway?.endpoint === undefined ? '' : `, ${verb} ${gateway.endpoint}`;
  const latency = connection?.latency === undefined ? '' : `, ${connection.latency}`;
  return [
    ['Role because', side.roleReason],
    ['Gateway', gateway === undefined ? 'not there yet' : `${gateway.namespace}/${gateway.name}${endpoint}`],
    ['Connection', connection?.status === undefined ? 'not there yet' : `${connection.status}${latency}`],
    ['Pods', rangesOf(side.podCIDRs, side.remappedPodCIDRs, other)],
    ['External', rangesOf(side.externalCIDRs, side.remappedExternalCIDRs, other)],
  ];
}

function rangesOf(own: readonly string[] = [], names: readonly string[] = [], other: string): string | undefined {
  if (own.length === 0) return undefined;
  const words = own.map((range, index) => {
    const name = names[index];
    return name === undefined ? `${range}, no name in ${other} yet` : `${range}, called ${name} in ${other}`;
  });
  return words.join('; ');
}

function objectRows({ status }: VirtualNodeShortcut): string[] {
  const objects = status?.objects ?? [];
  if (objects.length === 0) return [];
  const rows = objects.map(({ cluster, kind, namespace, name, origin }) => [
    cluster,
    kind,
    namespace === undefined ? name : `${namespace}/${name}`,
    origin,
  ]);
  return formatTable(['CLUSTER', 'KIND', 'NAME', 'ORIGIN'], rows);
}

function conditionRows({ metadata, status }: VirtualNodeShortcut, now: Date): string[] {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return [];
  const rows = conditions.map((condition) => {
    const isOld = condition.observedGeneration !== undefined && condition.observedGeneration !== metadata.generation;
    const { type, status: value, reason, message, lastTransitionTime } = condition;
    return [
      type,
      value,
      formatAge(lastTransitionTime, now),
      reason,
      isOld ? `(of an earlier spec) ${message}` : message,
    ];
  });
  return formatTable(['TYPE', 'STATUS', 'FOR', 'REASON', 'MESSAGE'], rows);
}

function eventRows(events: readonly ShortcutEvent[], now: Date): string[] {
  if (events.length === 0) return [];
  const rows = events.map(({ at, type, reason, note, count }) => [
    formatAge(at, now),
    type,
    reason,
    count > 1 ? `${note} (${count} times)` : note,
  ]);
  return formatTable(['AGE', 'TYPE', 'REASON', 'MESSAGE'], rows);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function fields(list: readonly Field[]): string[] {
  const known = list.flatMap(([name, value]) => (value === undefined ? [] : [[`${name}:`, value] as const]));
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
