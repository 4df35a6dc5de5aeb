import type { ShortcutClusterStatus, VirtualNodeShortcut } from '@leafway/core';

/** What each side calls the other's pods: where to dial. */
export function nameLines({ status }: VirtualNodeShortcut): string[] {
  const [a, b] = status?.clusters ?? [];
  return a === undefined || b === undefined ? [] : [nameLine(a, b), nameLine(b, a)];
}

function nameLine(peer: ShortcutClusterStatus, from: ShortcutClusterStatus): string {
  const names = peer.remappedPodCIDRs ?? [];
  const own = peer.podCIDRs ?? [];
  const ranges = names.map((name, index) =>
    name === own[index] ? `${name} (unchanged)` : `${name} (${own[index]} in ${peer.id})`,
  );
  return `from ${from.id}, ${peer.id}'s pods are ${ranges.join(', ')}`;
}
