import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import { formatAge } from './duration.ts';
import { formatTable } from './table.ts';

/** The leaves as a table, in the order of their names. */
export function leafTable(
  leaves: readonly LeafCluster[],
  shortcuts: readonly VirtualNodeShortcut[],
  now: Date,
): string[] {
  const sorted = leaves.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return formatTable(
    ['NAME', 'READY', 'REACHABLE', 'DATA PLANE', 'POD CIDR', 'USED BY', 'AGE'],
    sorted.map(({ metadata, status }) => [
      metadata.name,
      findCondition(status?.conditions, 'Ready')?.status ?? 'Unknown',
      findCondition(status?.conditions, 'Reachable')?.status ?? 'Unknown',
      dataPlaneOf(status),
      status?.networks?.pod.join(', ') ?? '-',
      usersOf(metadata.name, shortcuts).join(', ') || '-',
      formatAge(metadata.creationTimestamp, now),
    ]),
  );
}

/** `Liqo v1.2.0`, `Leafway`, or a dash. */
function dataPlaneOf(status: LeafCluster['status']): string {
  const { kind, version } = status?.dataPlane ?? {};
  if (kind === undefined) return '-';
  return version === undefined ? kind : `${kind} ${version}`;
}

/** The names of the shortcuts that have a leaf as one of their ends. */
export function usersOf(leaf: string, shortcuts: readonly VirtualNodeShortcut[]): string[] {
  return shortcuts
    .filter(({ spec }) => spec.clusters.some(({ id }) => id === leaf))
    .map(({ metadata }) => metadata.name)
    .sort();
}
