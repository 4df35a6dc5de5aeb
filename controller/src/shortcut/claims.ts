import { isDeepStrictEqual } from 'node:util';
import {
  createFleetIndex,
  type FleetIndex,
  type LeafCluster,
  type Review,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { type Change, findCondition } from '@leafway/reconciler';
import type { Acceptance } from './acceptance.ts';
import { shortcutFinalizer } from './decide.ts';

export interface ClaimsDependencies {
  readonly centralClusterID: () => string | undefined;
  readonly shortcut: (name: string) => VirtualNodeShortcut | undefined;
  /** Has a shortcut judged again. */
  readonly wake: (name: string) => void;
}

/**
 * Who of several shortcuts that want the same is carried out. A judgement and its settling are one step, with nothing
 * between them, so that no two of them are accepted. What is carried out stays; of what is not, the older comes first.
 */
export class Claims {
  readonly #deps: ClaimsDependencies;
  /** What is carried out, as it was accepted; and what nobody has judged yet. */
  readonly #index: FleetIndex;
  readonly #accepted = new Map<string, AcceptedClaim>();
  /** Those that are refused, for whatever reason, and whom each of them yields to. */
  readonly #refused = new Map<string, ReadonlySet<string>>();
  /** The same the other way round. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(deps: ClaimsDependencies) {
    this.#deps = deps;
    this.#index = createFleetIndex({ centralClusterID: deps.centralClusterID });
  }

  leafChanged({ key, after }: Change<LeafCluster>): void {
    if (after === undefined) this.#index.removeLeaf(key);
    else this.#index.putLeaf(after);
  }

  /** Whoever yields to this one is judged again when it is another now, or gone. */
  shortcutChanged({ key, before, after }: Change<VirtualNodeShortcut>): void {
    if (this.#accepted.get(key)?.uid !== after?.metadata.uid) this.#accepted.delete(key);
    const isNews = !isDeepStrictEqual(identityOf(before), identityOf(after));
    if (!isNews && this.#rankOf(before) === this.#rankOf(after)) return;
    if (isNews) this.#forgive(key);
    if (after === undefined || this.#isOut(after)) this.#index.removeShortcut(key);
    else this.#put(after);
    if (isNews) this.#wakeWaiting(key);
  }

  /** What is to be said of a stored shortcut; `runningServer`: where its gateway server was seen. */
  review(shortcut: VirtualNodeShortcut, runningServer: string | undefined): Review {
    const options = { isStored: true, currentServer: runningServer };
    return this.#index.review(ranked(shortcut, this.#standingOf(shortcut)), options);
  }

  /** This controller carried it out before: on its leaves is what nobody contested then. */
  isCarriedOut({ metadata: { name, uid } }: VirtualNodeShortcut): boolean {
    const claim = this.#accepted.get(name);
    return claim !== undefined && claim.uid === uid;
  }

  /** Takes down what came of a judgement. */
  settle(shortcut: VirtualNodeShortcut, acceptance: Acceptance): void {
    if (acceptance.ok) this.#accept(shortcut, acceptance.accepted.plan.server);
    else this.#refuse(shortcut, acceptance.rivals);
  }

  #accept(shortcut: VirtualNodeShortcut, server: string): void {
    const { name, uid } = shortcut.metadata;
    this.#forgive(name);
    const claim = { uid, wish: wishOf(shortcut), server, spec: withServer(shortcut.spec, server) };
    const before = this.#accepted.get(name);
    if (before !== undefined && isDeepStrictEqual({ ...before, spec: claim.spec }, claim)) return;
    this.#accepted.set(name, claim);
    this.#put(shortcut);
    // It may have given up what another one waits for.
    if (before !== undefined) this.#wakeWaiting(name);
  }

  /** Who is refused stands in nobody's way, but with what it has on its leaves. */
  #refuse(shortcut: VirtualNodeShortcut, rivals: readonly string[]): void {
    const { name } = shortcut.metadata;
    const isNews = !this.#refused.has(name);
    this.#forgive(name);
    this.#refused.set(name, new Set(rivals));
    for (const rival of rivals) {
      const waiting = this.#waiting.get(rival) ?? new Set();
      this.#waiting.set(rival, waiting.add(name));
    }
    if (this.#isOut(shortcut)) this.#index.removeShortcut(name);
    if (isNews) this.#wakeWaiting(name);
  }

  #forgive(name: string): void {
    for (const rival of this.#refused.get(name) ?? []) {
      const waiting = this.#waiting.get(rival);
      waiting?.delete(name);
      if (waiting?.size === 0) this.#waiting.delete(rival);
    }
    this.#refused.delete(name);
  }

  /** All of them are candidates again before the first is judged: the oldest is to have it. */
  #wakeWaiting(rival: string): void {
    const names = [...(this.#waiting.get(rival) ?? [])];
    for (const name of names) {
      this.#forgive(name);
      const shortcut = this.#deps.shortcut(name);
      if (shortcut !== undefined) this.#put(shortcut);
    }
    names.forEach(this.#deps.wake);
  }

  #put(shortcut: VirtualNodeShortcut): void {
    const claim = this.isCarriedOut(shortcut) ? this.#accepted.get(shortcut.metadata.name) : undefined;
    if (claim === undefined) this.#index.putShortcut(ranked(shortcut, this.#standingOf(shortcut)));
    else this.#index.putShortcut(ranked({ ...shortcut, spec: claim.spec }, standings.carriedOut));
  }

  #isOut(shortcut: VirtualNodeShortcut): boolean {
    const { name, deletionTimestamp } = shortcut.metadata;
    const isIdle = this.#refused.has(name) || deletionTimestamp !== undefined;
    return isIdle && !this.isCarriedOut(shortcut) && this.#standingOf(shortcut) === standings.new;
  }

  #rankOf(shortcut: VirtualNodeShortcut | undefined): Standing | undefined {
    return shortcut && this.#standingOf(shortcut);
  }

  #standingOf(shortcut: VirtualNodeShortcut): Standing {
    if (this.isCarriedOut(shortcut)) {
      const wish = this.#accepted.get(shortcut.metadata.name)?.wish;
      return isDeepStrictEqual(wish, wishOf(shortcut)) ? standings.carriedOut : standings.begun;
    }
    const { generation, finalizers = [] } = shortcut.metadata;
    const accepted = findCondition(shortcut.status?.conditions ?? [], 'Accepted');
    if (accepted?.status === 'True' && accepted.observedGeneration === generation) return standings.reported;
    return finalizers.includes(shortcutFinalizer) ? standings.begun : standings.new;
  }
}

/** Who comes first among those that want the same; within one standing it is the older. */
const standings = {
  /** By this controller, with this very wish. */
  carriedOut: 0,
  /** The status says that it was accepted as it is: by the controller that led before. */
  reported: 1,
  /** There may be something of it on its leaves, but what it wants now it never had. */
  begun: 2,
  new: 3,
} as const;
type Standing = (typeof standings)[keyof typeof standings];

interface AcceptedClaim {
  readonly uid: string | undefined;
  readonly wish: unknown;
  readonly server: string;
  readonly spec: VirtualNodeShortcut['spec'];
}

/** What another one could want too, besides the pair, which never changes. */
function wishOf({ spec: { gateway, ipMapping } }: VirtualNodeShortcut): unknown {
  const { server, service } = gateway ?? {};
  return { server, nodePort: service?.nodePort, loadBalancerIP: service?.loadBalancerIP, ipMapping };
}

/** The index would have to guess where the server of another shortcut is, and of this one it is known. */
function withServer(spec: VirtualNodeShortcut['spec'], server: string): VirtualNodeShortcut['spec'] {
  return { ...spec, gateway: { ...spec.gateway, server } };
}

/** The index lets the older come first: whoever stands better is made older than all that stand worse. */
function ranked(shortcut: VirtualNodeShortcut, standing: Standing): VirtualNodeShortcut {
  const { creationTimestamp = '' } = shortcut.metadata;
  return { ...shortcut, metadata: { ...shortcut.metadata, creationTimestamp: `${standing} ${creationTimestamp}` } };
}

function identityOf(shortcut: VirtualNodeShortcut | undefined): unknown {
  const { uid, generation, deletionTimestamp } = shortcut?.metadata ?? {};
  return [uid, generation, deletionTimestamp];
}
