import { electServer } from '../roles/elect-server.ts';
import type { LeafNode } from './leaf-node.ts';
import type { StoredShortcut } from './stored-shortcut.ts';

/** Which of two leaves runs the gateway server between them now; `undefined` when none or, wrongly, both do. */
export function runningServer(leaves: readonly [LeafNode | undefined, LeafNode | undefined]): string | undefined {
  const serving = servers(leaves);
  return serving.length === 1 ? serving[0] : undefined;
}

/** Which of two leaves have a gateway server for the other, whoever made it. */
export function servers(leaves: readonly [LeafNode | undefined, LeafNode | undefined]): string[] {
  return thoseThat(leaves, 'servesFor');
}

/** From which of two leaves an earlier link of ours between them is not removed yet. */
export function debtors(leaves: readonly [LeafNode | undefined, LeafNode | undefined]): string[] {
  return thoseThat(leaves, 'owesFor');
}

function thoseThat(
  [a, b]: readonly [LeafNode | undefined, LeafNode | undefined],
  list: 'servesFor' | 'owesFor',
): string[] {
  return [
    [a, b],
    [b, a],
  ].flatMap(([self, peer]) => (peer !== undefined && self?.known?.[list].has(peer.id) === true ? [self.id] : []));
}

/** Where the gateway server runs, or is to run; `undefined` while that cannot be told. */
export function serverBetween(
  [a, b]: readonly [LeafNode | undefined, LeafNode | undefined],
  wish: string | undefined,
  currentServer: string | undefined,
  unfit: readonly string[] = [],
): string | undefined {
  if (wish !== undefined) return wish;
  const [factsA, factsB] = [a?.known?.facts, b?.known?.facts];
  if (factsA === undefined || factsB === undefined) return undefined;
  const election = electServer({ facts: [factsA, factsB], currentServer, unfit });
  return election.ok ? election.value.server : undefined;
}

/** Where the gateway server of a stored shortcut runs, or is to run. */
export function serverOf({ pair: { a, b }, wishes }: StoredShortcut): string | undefined {
  return serverBetween([a, b], wishes.server, runningServer([a, b]));
}
