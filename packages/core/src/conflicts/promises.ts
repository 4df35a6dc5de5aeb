import type { CompleteShortcutSpec } from '../api/index.ts';
import type { LeafFacts } from '../facts/leaf-facts.ts';
import { type NamesOutcome, planNames } from '../plan/names.ts';
import type { RangeMapping } from '../remap/range-mapping.ts';
import { Draft } from './draft.ts';
import type { LeafNode } from './leaf-node.ts';
import { holdsAll, packNames, unpackNames } from './packed-names.ts';
import { isOlder, type Seniority } from './seniority.ts';
import type { StoredShortcut } from './stored-shortcut.ts';
import type { TextPool } from './text-pool.ts';

/**
 * The names that shortcuts are to have on one leaf but do not have yet. They are given in the order of age, each as if
 * it were carried out before the next: so replicas that know the same shortcuts promise the same, and several new
 * shortcuts are planned beside each other. Names that a leaf gives already come before all promises.
 *
 * Promises are worked out when they are looked at. A new shortcut is mostly the youngest and costs one plan of its
 * names. When an older one changes or goes, the promises to all younger ones are worked out again; when the facts of the
 * leaf change, those to all its shortcuts that are not carried out yet.
 */
export class Promises {
  readonly #leaf: LeafNode;
  readonly #texts: TextPool;
  /** The shortcuts that wait for a name, the oldest first; of each pair only the one that counts. */
  readonly #waiting: StoredShortcut[] = [];

  constructor(leaf: LeafNode, texts: TextPool) {
    this.#leaf = leaf;
    this.#texts = texts;
    leaf.unsettled = 0;
  }

  /** So many of the first were promised what they can have. */
  get #settled(): number {
    return this.#waiting.length - this.#leaf.unsettled;
  }

  /** Takes in a shortcut that counts, unless it has all of its names. */
  enroll(shortcut: StoredShortcut): void {
    if (this.#isCarriedOut(shortcut) || shortcut.pair.peerOf(this.#leaf) === this.#leaf) return;
    const index = this.#countOlder(shortcut);
    this.#takeBackFrom(index);
    this.#waiting.splice(index, 0, shortcut);
    this.#leaf.unsettled += 1;
  }

  /** Forgets a shortcut, whether it waits or not. */
  withdraw(shortcut: StoredShortcut): void {
    const index = this.#indexOf(shortcut);
    if (index < 0) return;
    if (this.#names(shortcut).length > 0) this.#takeBackFrom(index);
    if (index >= this.#settled) this.#leaf.unsettled -= 1;
    shortcut.pair.setPromised(this.#leaf, undefined);
    this.#waiting.splice(index, 1);
  }

  /** Promises all that wait what they can have. */
  settleAll(): void {
    this.#settleTo(this.#waiting.length);
  }

  /** Promises those that are older what they can have, and takes back what others were promised. */
  settleOlder(than: Seniority): void {
    const count = this.#countOlder(than);
    this.#takeBackFrom(count);
    this.#settleTo(count);
  }

  /** Whether a shortcut that counts has all of its names, or is promised them. */
  isServed(shortcut: StoredShortcut): boolean {
    const index = this.#indexOf(shortcut);
    this.#settleTo(index + 1);
    return index < 0 || shortcut.pair.promisedOn(this.#leaf) !== undefined;
  }

  #isCarriedOut({ pair, wishes }: StoredShortcut): boolean {
    const leaf = this.#leaf;
    if (wishes.mapping !== undefined || leaf.contested.has(pair)) return false;
    return holdsAll(pair.heldOn(leaf), pair.peerOf(leaf).known?.facts);
  }

  #settleTo(count: number): void {
    for (; this.#settled < count; this.#leaf.unsettled -= 1) {
      this.#promise(this.#waiting[this.#settled] as StoredShortcut);
    }
  }

  #promise({ pair, wishes }: StoredShortcut): void {
    const leaf = this.#leaf;
    const peer = pair.peerOf(leaf);
    const [own, others] = [leaf.known?.facts, peer.known?.facts];
    if (own === undefined || others === undefined) return;
    const names = draftNames(leaf, [own, others], mappingOf(wishes));
    // What the older ones leave is not what it needs: it is refused, and takes nothing.
    if (!names.ok) return;
    // A name that stands for a range which the peer has no more is not what is held for the new one.
    const key = ({ name, real }: RangeMapping): string => `${name.text} ${real.text}`;
    const held = new Set(unpackNames(pair.heldOn(leaf)).map(key));
    const promised = [...names.value.pod, ...names.value.external].filter((name) => !held.has(key(name)));
    for (const { name } of promised) leaf.taken.add(name, pair);
    pair.setPromised(leaf, this.#texts.share(packNames(promised)));
  }

  /** Takes back what those from that one on were promised. */
  #takeBackFrom(index: number): void {
    for (; this.#settled > index; this.#leaf.unsettled += 1) {
      const shortcut = this.#waiting[this.#settled - 1] as StoredShortcut;
      for (const { name } of this.#names(shortcut)) this.#leaf.taken.remove(name, shortcut.pair);
      shortcut.pair.setPromised(this.#leaf, undefined);
    }
  }

  #names({ pair }: StoredShortcut) {
    return unpackNames(pair.promisedOn(this.#leaf));
  }

  #indexOf(shortcut: StoredShortcut): number {
    for (let index = this.#countOlder(shortcut); index < this.#waiting.length; index += 1) {
      if (this.#waiting[index] === shortcut) return index;
      if (isOlder(shortcut, this.#waiting[index] as StoredShortcut)) break;
    }
    return -1;
  }

  #countOlder(than: Seniority): number {
    let [low, high] = [0, this.#waiting.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isOlder(this.#waiting[middle] as StoredShortcut, than)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function draftNames(
  leaf: LeafNode,
  facts: readonly [LeafFacts, LeafFacts],
  mapping: CompleteShortcutSpec['ipMapping'],
): NamesOutcome {
  const draft = new Draft(leaf, facts[1].id);
  try {
    return planNames(facts, mapping, draft);
  } finally {
    draft.undo();
  }
}

function mappingOf({ mapping }: StoredShortcut['wishes']): CompleteShortcutSpec['ipMapping'] {
  return { ...mapping, policy: mapping?.policy ?? 'Auto' };
}
