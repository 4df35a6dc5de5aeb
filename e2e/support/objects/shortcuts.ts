import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import type { RunningLab } from '@leafway/lab';
import { type CommandResult, kubectl, mustKubectl } from 'leafway/demo';

/** A manifest as a user writes it. */
export function shortcutManifest(name: string, ids: readonly string[], spec: object = {}): string {
  const clusters = ids.map((id) => ({ id }));
  return JSON.stringify({
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name },
    spec: { clusters, ...spec },
  });
}

/** Applies a shortcut, whatever the answer. */
export function tryShortcut(
  lab: RunningLab,
  name: string,
  ids: readonly string[],
  spec: object = {},
): Promise<CommandResult> {
  return kubectl(lab, lab.centre, ['apply', '--filename=-'], shortcutManifest(name, ids, spec));
}

/** Applies a shortcut and waits until it is Ready. */
export async function makeShortcut(
  lab: RunningLab,
  name: string,
  ids: readonly string[],
  spec: object = {},
): Promise<VirtualNodeShortcut> {
  await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], shortcutManifest(name, ids, spec));
  await mustKubectl(lab, lab.centre, [
    'wait',
    `virtualnodeshortcuts/${name}`,
    '--for=condition=Ready',
    '--timeout=60s',
  ]);
  return getShortcut(lab, name);
}

export async function getShortcut(lab: RunningLab, name: string): Promise<VirtualNodeShortcut> {
  return (await getFromCentre(lab, 'virtualnodeshortcuts', name)) as VirtualNodeShortcut;
}

export async function getLeafCluster(lab: RunningLab, name: string): Promise<LeafCluster> {
  return (await getFromCentre(lab, 'leafclusters', name)) as LeafCluster;
}

async function getFromCentre(lab: RunningLab, resource: string, name: string): Promise<unknown> {
  return JSON.parse((await mustKubectl(lab, lab.centre, ['get', resource, name, '--output=json'])).stdout);
}

export async function deleteShortcut(lab: RunningLab, name: string): Promise<void> {
  await mustKubectl(lab, lab.centre, ['delete', 'virtualnodeshortcuts', name, '--timeout=60s']);
}

/** Changes a shortcut's spec, as `kubectl patch` does; returns the object as it is then. */
export async function changeShortcut(lab: RunningLab, name: string, spec: object): Promise<VirtualNodeShortcut> {
  const patch = JSON.stringify({ spec });
  const args = ['patch', 'virtualnodeshortcuts', name, '--type=merge', '--patch', patch, '--output=json'];
  return JSON.parse((await mustKubectl(lab, lab.centre, args)).stdout) as VirtualNodeShortcut;
}

/** Which leaf serves, and which is the client. */
export function rolesOf({ status }: VirtualNodeShortcut): { server: string; client: string } {
  const idOf = (role: string): string => status?.clusters?.find((cluster) => cluster.role === role)?.id ?? '';
  return { server: idOf('Server'), client: idOf('Client') };
}
