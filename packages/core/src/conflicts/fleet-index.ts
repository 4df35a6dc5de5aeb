import type { Cidr } from '../address/cidr.ts';
import { overlaps } from '../address/relations.ts';
import type { LeafCluster, VirtualNodeShortcut } from '../api/index.ts';
import { type Problem, problem } from '../errors.ts';
import { leafFacts } from '../facts/leaf-facts.ts';
import { fitLine, limitLines } from '../plan/lines.ts';
import { pairKey } from './pair-key.ts';
import { type Review, reviewShortcut } from './review-shortcut.ts';
import { isOlder } from './seniority.ts';

/** How a shortcut is looked at. */
export interface FleetReviewOptions {
  /** The shortcut is an object of the API server, and yields to older ones only. What is not stored yields to all. */
  readonly isStored?: boolean;
  /** Which of the two clusters runs the server now, for who knows better than the facts of the leaves. */
  readonly currentServer?: string | undefined;
}

/** Everything that admissions compare with, kept current with each change. */
export interface FleetIndex {
  /** Takes over a shortcut, in the place of the one of that name. */
  putShortcut(shortcut: VirtualNodeShortcut): void;
  removeShortcut(name: string): void;
  /** Takes over a leaf, in the place of the one of that ID. */
  putLeaf(leaf: LeafCluster): void;
  removeLeaf(id: string): void;
  /** All that is to be said of one shortcut, whether it is in the index or not. */
  review(shortcut: VirtualNodeShortcut, options?: FleetReviewOptions): Review;
  /** Whether a range overlaps nothing that is in use on a leaf; true as well while that is not known. */
  isFree(leafID: string, range: Cidr): boolean;
}

export interface FleetIndexOptions {
  /** The ID of the central cluster, as far as it is known. */
  readonly centralClusterID?: () => string | undefined;
  /** The time, for credentials that expire; nothing is said about them without it. */
  readonly now?: () => Date;
}

/** An index without shortcuts and leaves. */
export function createFleetIndex(options: FleetIndexOptions = {}): FleetIndex {
  return new MapFleetIndex(options);
}

class MapFleetIndex implements FleetIndex {
  readonly #shortcuts = new Map<string, VirtualNodeShortcut>();
  readonly #leaves = new Map<string, LeafCluster>();
  /** Pair → shortcuts by name. */
  readonly #byPair = new Map<string, Map<string, VirtualNodeShortcut>>();
  /** Leaf → shortcuts with a node port, by name. */
  readonly #byPortLeaf = new Map<string, Map<string, VirtualNodeShortcut>>();
  readonly #centralClusterID: () => string | undefined;
  readonly #now: () => Date | undefined;

  constructor({ centralClusterID, now }: FleetIndexOptions) {
    this.#centralClusterID = centralClusterID ?? (() => undefined);
    this.#now = now ?? (() => undefined);
  }

  putShortcut(shortcut: VirtualNodeShortcut): void {
    const { name } = shortcut.metadata;
    this.removeShortcut(name);
    this.#shortcuts.set(name, shortcut);
    for (const [index, key] of this.#placesOf(shortcut)) {
      const found = index.get(key);
      if (found === undefined) index.set(key, new Map([[name, shortcut]]));
      else found.set(name, shortcut);
    }
  }

  removeShortcut(name: string): void {
    const shortcut = this.#shortcuts.get(name);
    if (shortcut === undefined) return;
    this.#shortcuts.delete(name);
    for (const [index, key] of this.#placesOf(shortcut)) {
      const found = index.get(key);
      found?.delete(name);
      if (found?.size === 0) index.delete(key);
    }
  }

  putLeaf(leaf: LeafCluster): void {
    this.#leaves.set(leaf.metadata.name, leaf);
  }

  removeLeaf(id: string): void {
    this.#leaves.delete(id);
  }

  review(shortcut: VirtualNodeShortcut, { isStored = false, currentServer }: FleetReviewOptions = {}): Review {
    const { metadata, spec } = shortcut;
    const [a, b] = spec.clusters;
    // A name belongs to one object at a time: the same name is this very shortcut, or one that has just gone.
    const others = (index: ShortcutsByKey, key: string) =>
      [...(index.get(key)?.values() ?? [])].filter((other) => other.metadata.name !== metadata.name);
    const ofPair = others(this.#byPair, pairKey(a.id, b.id));
    const losing = isStored ? ofPair.filter((other) => isOlder(metadata, other.metadata)) : [];
    const standing = ofPair.filter((other) => !losing.includes(other));
    const yields = (other: VirtualNodeShortcut): boolean => isStored && isOlder(metadata, other.metadata);
    const withPort = spec.clusters
      .flatMap(({ id }) => others(this.#byPortLeaf, id))
      .filter((other) => !ofPair.includes(other) && !yields(other));
    const central = this.#centralClusterID();
    const review = reviewShortcut({
      name: metadata.name,
      uid: metadata.uid,
      spec,
      centralClusterID: central,
      leaves: (id) => this.#leaves.get(id),
      shortcuts: [...standing.filter((other) => !isLeaving(other)), ...withPort].map((other) => ({
        name: other.metadata.name,
        uid: other.metadata.uid,
        spec: other.spec,
      })),
      currentServer,
      now: this.#now(),
    });
    const problems = [...review.problems, ...standing.filter(isLeaving).map((other) => waitFor(shortcut, other))];
    if (problems.length > 0) return { problems, warnings: [] };
    const [role, ...rest] = review.warnings;
    return {
      ...review,
      warnings: limitLines([
        ...(role === undefined ? [] : [role]),
        ...losing.map(loses),
        ...unknownCentre(central),
        ...rest,
      ]),
    };
  }

  isFree(leafID: string, range: Cidr): boolean {
    const leaf = this.#leaves.get(leafID);
    const facts = leaf === undefined ? undefined : leafFacts(leaf);
    if (facts === undefined || !facts.ok) return true;
    const { pod, external, inUse } = facts.value;
    return ![...pod, ...external, ...inUse.map(({ cidr }) => cidr)].some((used) => overlaps(used, range));
  }

  *#placesOf(shortcut: VirtualNodeShortcut): Generator<[ShortcutsByKey, string]> {
    const [a, b] = shortcut.spec.clusters;
    yield [this.#byPair, pairKey(a.id, b.id)];
    if (shortcut.spec.gateway?.service?.nodePort === undefined) return;
    yield [this.#byPortLeaf, a.id];
    yield [this.#byPortLeaf, b.id];
  }
}

type ShortcutsByKey = Map<string, Map<string, VirtualNodeShortcut>>;

const isLeaving = ({ metadata }: VirtualNodeShortcut): boolean => metadata.deletionTimestamp !== undefined;

/** The refusal to take over a pair from a shortcut that is still being deleted. */
function waitFor({ spec }: VirtualNodeShortcut, { metadata: { name } }: VirtualNodeShortcut): Problem {
  const pair = spec.clusters.map(({ id }) => id).join(' and ');
  const message =
    `the VirtualNodeShortcut "${name}", which links ${pair}, is still being deleted: ` +
    `wait until it is gone (kubectl wait --for=delete vns/${name}), then try again`;
  return problem('spec.clusters', 'CORE_PAIR_LEAVING', message, { name });
}

function unknownCentre(centralClusterID: string | undefined): string[] {
  return centralClusterID === undefined
    ? ["the central cluster's own ID is not known: it was not checked that neither end is the centre"]
    : [];
}

const loses = ({ metadata: { name } }: VirtualNodeShortcut): string =>
  fitLine(`VirtualNodeShortcut ${name} is for the same pair, but younger: it has no effect`, [name]);
