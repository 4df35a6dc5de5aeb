import type { Cidr } from '../address/cidr.ts';
import type { LeafCluster, VirtualNodeShortcut } from '../api/index.ts';
import { LeafNode } from './leaf-node.ts';
import { Pair } from './pair.ts';
import { type Review, type ReviewOptions, reviewWith } from './review.ts';
import { seniorityOf } from './seniority.ts';
import { isSameMapping, StoredShortcut, type Wishes, wishesOf } from './stored-shortcut.ts';
import { TextPool } from './text-pool.ts';

/**
 * Everything that admissions compare with, kept current with each change. What it answers depends on the objects that
 * it has, not on the order in which they came.
 *
 * A review looks up what it needs: its cost grows with the number of ranges of the two clusters, not with that of
 * shortcuts, leaves, or ranges in use. Putting a shortcut costs the same; putting a leaf grows with its ranges in use
 * and its shortcuts, since that is where its facts are read. What is given is not kept, only what conflicts are
 * judged by.
 */
export interface FleetIndex {
  /** Takes over a shortcut, in the place of the one of that name. */
  putShortcut(shortcut: VirtualNodeShortcut): void;
  removeShortcut(name: string): void;
  /** Takes over a leaf, in the place of the one of that ID. */
  putLeaf(leaf: LeafCluster): void;
  removeLeaf(id: string): void;
  /** All that is to be said of one shortcut, whether it is in the index or not. */
  review(shortcut: VirtualNodeShortcut, options?: ReviewOptions): Review;
  /** Whether nothing on a leaf overlaps a range: neither what is in use nor what a shortcut is promised. */
  isFree(leafID: string, range: Cidr): boolean;
}

/** What an index of the fleet asks of its process. */
export interface FleetIndexOptions {
  /** The ID of the central cluster, as far as it is known. */
  readonly centralClusterID?: () => string | undefined;
  /** The time, for credentials that expire; nothing is said about them without it. */
  readonly now?: () => Date;
}

/** An index without shortcuts and leaves. */
export function createFleetIndex(options: FleetIndexOptions = {}): FleetIndex {
  return new NodeFleetIndex(options);
}

class NodeFleetIndex implements FleetIndex {
  readonly #options: FleetIndexOptions;
  readonly #leaves = new Map<string, LeafNode>();
  readonly #shortcuts = new Map<string, StoredShortcut>();
  readonly #texts = new TextPool();

  constructor(options: FleetIndexOptions) {
    this.#options = options;
  }

  putShortcut(shortcut: VirtualNodeShortcut): void {
    const { name } = shortcut.metadata;
    const known = this.#shortcuts.get(name);
    const wishes = wishesOf(shortcut);
    if (known !== undefined && isSameClaim(known, shortcut, wishes)) {
      note(known, 'remove');
      known.wishes = wishes;
      note(known, 'add');
      return;
    }
    this.removeShortcut(name);
    const [a, b] = shortcut.spec.clusters;
    const stored = new StoredShortcut(shortcut, wishes, this.#pair(a.id, b.id), this.#texts);
    this.#shortcuts.set(name, stored);
    note(stored, 'add');
    this.#change(stored.pair, () => stored.pair.insert(stored));
  }

  removeShortcut(name: string): void {
    const stored = this.#shortcuts.get(name);
    if (stored === undefined) return;
    this.#shortcuts.delete(name);
    note(stored, 'remove');
    this.#change(stored.pair, () => stored.pair.drop(stored));
  }

  putLeaf(leaf: LeafCluster): void {
    this.#learn(this.#leaf(leaf.metadata.name), leaf);
  }

  removeLeaf(id: string): void {
    const leaf = this.#leaves.get(id);
    if (leaf !== undefined) this.#learn(leaf, undefined);
  }

  review(shortcut: VirtualNodeShortcut, options: ReviewOptions = {}): Review {
    const [a, b] = shortcut.spec.clusters;
    const world = {
      leaves: [this.#leaves.get(a.id), this.#leaves.get(b.id)] as const,
      self: this.#shortcuts.get(shortcut.metadata.name),
      centralClusterID: this.#options.centralClusterID?.(),
      now: this.#options.now?.(),
    };
    return reviewWith(world, shortcut, options);
  }

  isFree(leafID: string, range: Cidr): boolean {
    const leaf = this.#leaves.get(leafID);
    if (leaf === undefined) return true;
    if (leaf.unsettled > 0) leaf.promises.settleAll();
    return leaf.taken.isFree(range);
  }

  #learn(leaf: LeafNode, version: LeafCluster | undefined): void {
    const before = ownRanges(leaf);
    leaf.learn(version, (otherID) => this.#pair(leaf.id, otherID));
    // What the others call the ranges of this leaf depends on what they are.
    const isOther = before !== ownRanges(leaf);
    for (const pair of [...leaf.pairs.values()]) {
      if (isOther && pair.oldest !== undefined) {
        const { promises } = pair.peerOf(leaf);
        promises.withdraw(pair.oldest);
        promises.enroll(pair.oldest);
      }
      this.#prune(pair);
    }
    this.#pruneLeaf(leaf);
  }

  /** Changes which shortcut of a pair counts. */
  #change(pair: Pair, change: () => void): void {
    const leaves = pair.a === pair.b ? [pair.a] : [pair.a, pair.b];
    for (const { promises } of leaves) if (pair.oldest !== undefined) promises.withdraw(pair.oldest);
    change();
    for (const { promises } of leaves) if (pair.oldest !== undefined) promises.enroll(pair.oldest);
    this.#prune(pair);
  }

  #pair(a: string, b: string): Pair {
    const [leafA, leafB] = [this.#leaf(a), this.#leaf(b)];
    const found = leafA.pairs.get(b);
    if (found !== undefined) return found;
    const pair = new Pair(leafA, leafB);
    leafA.pairs.set(b, pair);
    leafB.pairs.set(a, pair);
    return pair;
  }

  #leaf(id: string): LeafNode {
    const found = this.#leaves.get(id);
    if (found !== undefined) return found;
    const leaf = new LeafNode(id, this.#texts);
    this.#leaves.set(id, leaf);
    return leaf;
  }

  #prune(pair: Pair): void {
    if (!pair.isEmpty) return;
    pair.a.pairs.delete(pair.b.id);
    pair.b.pairs.delete(pair.a.id);
    this.#pruneLeaf(pair.a);
    this.#pruneLeaf(pair.b);
  }

  #pruneLeaf(leaf: LeafNode): void {
    if (leaf.known === undefined && leaf.pairs.size === 0) this.#leaves.delete(leaf.id);
  }
}

/** Whether the stored version of a shortcut takes the same names, and has the same right to them. */
function isSameClaim(stored: StoredShortcut, shortcut: VirtualNodeShortcut, { mapping }: Wishes): boolean {
  const { pair, first, uid, creationTimestamp, isAccepted, wishes } = stored;
  const [a, b] = shortcut.spec.clusters;
  const seniority = seniorityOf(shortcut);
  const isSamePair = first === a.id && (b.id === pair.a.id || b.id === pair.b.id) && a.id !== b.id;
  const isSameObject = uid === seniority.uid && creationTimestamp === seniority.creationTimestamp;
  return isSamePair && isSameObject && isAccepted === seniority.isAccepted && isSameMapping(wishes.mapping, mapping);
}

/** The leaves on which the gateway server of a shortcut may run. */
function serversOf({ pair: { a, b }, wishes: { server } }: StoredShortcut): LeafNode[] {
  return [a, b].filter(({ id }) => server === undefined || server === id);
}

/** Enters what a shortcut asks for with the leaves on which it may be, or takes it out again. */
function note(shortcut: StoredShortcut, change: 'add' | 'remove'): void {
  const { nodePort, loadBalancerIP } = shortcut.wishes;
  if (nodePort === undefined && loadBalancerIP === undefined) return;
  for (const leaf of serversOf(shortcut)) {
    if (nodePort !== undefined) leaf.nodePorts[change](nodePort, shortcut);
    if (loadBalancerIP !== undefined) leaf.loadBalancerIPs[change](loadBalancerIP, shortcut);
  }
}

/** What names for the ranges of a leaf depend on. */
function ownRanges({ known }: LeafNode): string {
  const { pod = [], external = [] } = known?.facts ?? {};
  return [pod, external].map((ranges) => ranges.map(({ text }) => text).join()).join(' ');
}
