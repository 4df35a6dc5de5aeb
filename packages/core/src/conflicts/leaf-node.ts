import type { LeafCluster } from '../api/index.ts';
import type { NetworkInUse } from '../facts/leaf-facts.ts';
import { network, type RangeOwner } from '../plan/ground.ts';
import { RangeSet } from '../ranges/range-set.ts';
import { type KnownLeaf, knowLeaf } from './known-leaf.ts';
import { packNames } from './packed-names.ts';
import type { Pair } from './pair.ts';
import { Promises } from './promises.ts';
import { Register } from './register.ts';
import type { TextPool } from './text-pool.ts';

/** One leaf, and everything on it that no two shortcuts can have. */
export class LeafNode {
  /** The ranges in use, and those that shortcuts are promised. */
  taken = new RangeSet<RangeOwner>();
  /** How many shortcuts were not promised yet what they can have: here, where every look at the ranges passes. */
  unsettled = 0;
  readonly id: string;
  /** `undefined` where something names this leaf, but there is no such LeafCluster. */
  known: KnownLeaf | undefined;
  /** By the ID of the other leaf. */
  readonly pairs = new Map<string, Pair>();
  /** Whose names, by the facts, overlap something else that is in use: they cannot stay. */
  readonly contested = new Set<RangeOwner>();
  promises: Promises;
  /** Which shortcuts ask for a node port, or an address of the load balancer, that may be one of this leaf. */
  readonly nodePorts = new Register<number>();
  readonly loadBalancerIPs = new Register<string>();

  /** Where equal texts of all leaves are kept. */
  readonly #texts: TextPool;

  constructor(id: string, texts: TextPool) {
    this.id = id;
    this.#texts = texts;
    this.promises = new Promises(this, texts);
  }

  /** Takes over a version of the LeafCluster, or that there is none. `pairWith` makes the pair with another leaf. */
  learn(leaf: LeafCluster | undefined, pairWith: (otherID: string) => Pair): void {
    const { known, inUse } = leaf === undefined ? { known: undefined, inUse: [] } : knowLeaf(leaf);
    this.known = known;
    this.taken = new RangeSet();
    this.contested.clear();
    for (const pair of this.pairs.values()) pair.forget(this);
    const isOwn = ({ remoteClusterID = this.id }: NetworkInUse): boolean => remoteClusterID === this.id;
    for (const { cidr, owner } of inUse.filter(isOwn)) this.taken.add(cidr, network(owner));
    this.#hold(
      inUse.filter((range) => !isOwn(range)),
      pairWith,
    );
    this.promises = new Promises(this, this.#texts);
    for (const { oldest } of this.pairs.values()) if (oldest !== undefined) this.promises.enroll(oldest);
  }

  #hold(names: readonly NetworkInUse[], pairWith: (otherID: string) => Pair): void {
    for (const [remoteClusterID = '', ofRemote] of Map.groupBy(names, (name) => name.remoteClusterID)) {
      // Nobody knows what a range without the one that it stands for is called for, but it is taken all the same.
      const held = ofRemote.map(({ cidr, real = cidr }) => ({ name: cidr, real }));
      pairWith(remoteClusterID).setHeld(this, this.#texts.share(packNames(held)));
    }
    // The largest first, so that whatever overlaps lies within what is there already.
    for (const { cidr, remoteClusterID = '' } of names.toSorted((a, b) => a.cidr.length - b.cidr.length)) {
      const pair = pairWith(remoteClusterID);
      const around = this.taken.overlapping(cidr)?.owners ?? [];
      if (around.length > 0) for (const owner of [pair, ...around]) this.contested.add(owner);
      this.taken.add(cidr, pair);
    }
  }
}
