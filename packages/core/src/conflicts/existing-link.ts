import { defaultShortcutSpec, type VirtualNodeShortcut } from '../api/index.ts';
import { fitLine } from '../plan/lines.ts';
import type { Subject } from './review.ts';
import { servers } from './server.ts';

/**
 * What `spec.existing` will do to the link that the facts of the leaves show, where the shortcut has none of its own. A
 * warning, no refusal: facts do not tell who made a gateway, and a moment ago it may have been another shortcut.
 */
export function existingLinkWarnings({ leaves, shortcut }: Subject): string[] {
  const [server] = servers(leaves);
  const client = shortcut.spec.clusters.find(({ id }) => id !== server)?.id ?? '';
  if (server === undefined || hasOwnObjects(shortcut)) return [];
  const line = {
    Refuse: `${server} serves ${client} already: where others made that link nothing is done, unless spec.existing is Adopt`,
    Observe: `${server} serves ${client} already: where others made that link its state is shown`,
    Adopt: `${server} serves ${client} already: where others made that link it is taken over, and goes with this shortcut`,
  }[defaultShortcutSpec(shortcut.spec).existing];
  return [fitLine(line, [server, client])];
}

/** The controller said that something on a leaf is this shortcut's own. */
export function hasOwnObjects({ status }: VirtualNodeShortcut): boolean {
  return status?.objects?.some(({ origin }) => origin !== 'Observed') === true;
}
