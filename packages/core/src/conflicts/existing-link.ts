import { defaultShortcutSpec, type VirtualNodeShortcut } from '../api/index.ts';
import { fitLine } from '../plan/lines.ts';
import type { Subject } from './review.ts';
import { debtors, servers } from './server.ts';

/**
 * What becomes of the link that the facts of the leaves show, where the shortcut has none of its own: the remainder of an
 * earlier link of ours is waited for, about others `spec.existing` decides. A warning, no refusal: facts do not tell who
 * made a gateway, and a moment ago it may have been another shortcut.
 */
export function existingLinkWarnings({ leaves, shortcut }: Subject): string[] {
  const owing = debtors(leaves);
  if (owing.length > 0) return [remainderLine(shortcut, owing)];
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

function remainderLine({ spec: { clusters } }: VirtualNodeShortcut, owing: readonly string[]): string {
  const ids = clusters.map(({ id }) => id);
  const [pair, where] = [ids.join(' and '), owing.join(' and ')];
  return fitLine(`an earlier link of ${pair} is not removed from ${where} yet: this one waits for that`, ids);
}

/** The controller said that something on a leaf is this shortcut's own. */
export function hasOwnObjects({ status }: VirtualNodeShortcut): boolean {
  return status?.objects?.some(({ origin }) => origin !== 'Observed') === true;
}
