import type { VirtualNodeShortcut } from '@leafway/core';
import { failed } from '../errors.ts';
import { suggestion } from '../output/nearest.ts';
import { shortcutsOfPair } from './fleet.ts';

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
  const ofLeaf = shortcuts.filter(({ spec }) => spec.clusters.some(({ id }) => id === name));
  if (ofLeaf.length > 0) {
    const theirs = ofLeaf.map(({ metadata }) => metadata.name).join(', ');
    throw failed(`"${name}" is a leaf, not a shortcut: the shortcuts of this leaf are ${theirs}`);
  }
  throw failed(`there is no shortcut "${name}"${suggestion(name, names)}: "leafway get" lists those that exist`);
}
