import type { VirtualNodeShortcut } from '@leafway/core';
import { isApiError, type KubeApi } from '@leafway/reconciler';
import { failed } from '../errors.ts';
import { suggestion } from '../output/nearest.ts';
import { listLeaves, listShortcuts, shortcutsOfPair } from './fleet.ts';

/** How a user names a shortcut: by its name, or by the two leaves that it links. */
export type ShortcutNaming = readonly [name: string] | readonly [leaf: string, leaf: string];

/** One argument is a name, two are the leaves. */
export function namingOf(name: string, peer: string | undefined): ShortcutNaming {
  return peer === undefined ? [name] : [name, peer];
}

/** The shortcut that the user names. Throws a `CliError` that helps to find the one that was meant. */
export function findShortcut(shortcuts: readonly VirtualNodeShortcut[], naming: ShortcutNaming): VirtualNodeShortcut {
  if (naming.length === 2) {
    const [found] = shortcutsOfPair(shortcuts, naming);
    if (found !== undefined) return found;
    const [a, b] = naming;
    const leaves = new Set(shortcuts.flatMap(({ spec }) => spec.clusters.map(({ id }) => id)));
    const unknown = naming.filter((id) => !leaves.has(id));
    const hint = unknown.map((id) => suggestion(id, leaves)).join('');
    throw failed(`no shortcut links ${a} and ${b}${hint}: "leafway get" lists those that exist`);
  }
  const [name] = naming;
  const found = shortcuts.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return found;
  const names = shortcuts.map(({ metadata }) => metadata.name);
  const ofLeaf = shortcutsOfLeaf(shortcuts, name);
  if (ofLeaf.length > 0) {
    const theirs = ofLeaf.map(({ metadata }) => metadata.name).join(', ');
    throw failed(`"${name}" is a leaf, not a shortcut: the shortcuts of this leaf are ${theirs}`);
  }
  throw failed(`there is no shortcut "${name}"${suggestion(name, names)}: "leafway get" lists those that exist`);
}

/**
 * All that a user names by one word: the shortcut of that name, or else every shortcut of that leaf, which may be none. Throws
 * a `CliError` that helps to find what was meant, and `ApiError`.
 */
export async function findShortcuts(
  api: KubeApi,
  name: string,
  signal: AbortSignal,
): Promise<VirtualNodeShortcut | readonly VirtualNodeShortcut[]> {
  const all = await listShortcuts(api, signal);
  const names = all.map(({ metadata }) => metadata.name);
  if (names.includes(name)) return findShortcut(all, [name]);
  const ofLeaf = shortcutsOfLeaf(all, name);
  if (ofLeaf.length > 0) return ofLeaf;
  const leaves = await leafNames(api, signal);
  if (leaves === undefined) return findShortcut(all, [name]);
  if (leaves.includes(name)) return [];
  const hint = suggestion(name, [...names, ...leaves]);
  const lists = '"leafway get" lists the shortcuts, "leafway get leaves" the leaves';
  throw failed(`there is no shortcut and no leaf "${name}"${hint}: ${lists}`);
}

function shortcutsOfLeaf(shortcuts: readonly VirtualNodeShortcut[], leaf: string): VirtualNodeShortcut[] {
  return shortcuts.filter(({ spec }) => spec.clusters.some(({ id }) => id === leaf));
}

/** `undefined` for a user who may see shortcuts only. */
async function leafNames(api: KubeApi, signal: AbortSignal): Promise<string[] | undefined> {
  try {
    return (await listLeaves(api, signal)).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined;
    throw error;
  }
}
