import type { VirtualNodeShortcut } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import { formatAge } from './duration.ts';
import { formatTable } from './table.ts';

/** The shortcuts as a table, in the order of their names. */
export function shortcutTable(shortcuts: readonly VirtualNodeShortcut[], now: Date): string[] {
  const sorted = shortcuts.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return formatTable(
    ['NAME', 'LEAVES', 'READY', 'PHASE', 'LATENCY', 'AGE'],
    sorted.map((shortcut) => [
      shortcut.metadata.name,
      leavesWithRoles(shortcut),
      findCondition(shortcut.status?.conditions, 'Ready')?.status ?? 'Unknown',
      shortcut.status?.phase ?? 'New',
      latencyOf(shortcut) ?? '-',
      formatAge(shortcut.metadata.creationTimestamp, now),
    ]),
  );
}

/** `milan (server), rome (client)`; without the roles while nobody has decided them. */
function leavesWithRoles({ spec, status }: VirtualNodeShortcut): string {
  const words = spec.clusters.map(({ id }) => {
    const role = status?.clusters?.find((cluster) => cluster.id === id)?.role;
    return role === undefined ? id : `${id} (${role.toLowerCase()})`;
  });
  return words.join(', ');
}

/** The round trip through the tunnel, as the first side that knows one tells it. */
export function latencyOf({ status }: VirtualNodeShortcut): string | undefined {
  return status?.clusters?.map(({ connection }) => connection?.latency).find((latency) => latency !== undefined);
}
