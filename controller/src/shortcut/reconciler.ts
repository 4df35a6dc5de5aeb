import { isDeepStrictEqual } from 'node:util';
import { kinds, type LeafCluster, type ShortcutStatus, unfitServers, type VirtualNodeShortcut } from '@leafway/core';
import {
  addFinalizer,
  after,
  type Cache,
  done,
  isApiError,
  type KubeApi,
  type Outcome,
  removeFinalizer,
} from '@leafway/reconciler';
import type { OperatorEvents } from '../events.ts';
import { fieldManager } from '../field-manager.ts';
import { isStranger, unusableReason } from '../leaf/facts.ts';
import { recordPending } from '../leaf/reconciler.ts';
import type { LeafSession } from '../leaf/session.ts';
import { runningServer } from './acceptance.ts';
import { type ActDependencies, type ActOutcome, actOnLeaves } from './act-on-leaves.ts';
import type { Claims } from './claims.ts';
import { type Decision, decide } from './decide.ts';
import { situationsOf, trialsFromStatus } from './direct-path.ts';
import { keyRotationEvents, repairEvents, transitionEvents } from './events.ts';
import { shortcutFinalizer } from './finalizer.ts';
import { KeyRotationTurns } from './key-rotation-turns.ts';
import { Memories } from './memory.ts';
import { noObjects, type Observation, type ObservedLeaf } from './observation.ts';
import { carriedOut, carriedOutRepairs, leafError, writesThatCount } from './outcome.ts';
import { mostStatusWrites, statusDelayMs, statusOf } from './status.ts';

export interface ShortcutReconcilerDependencies extends ActDependencies {
  readonly central: KubeApi;
  readonly shortcuts: Cache<VirtualNodeShortcut>;
  readonly leafClusters: Cache<LeafCluster>;
  readonly claims: Claims;
  /** Whether the LeafCluster lacks something that may be seen on the leaf: it says it in a moment, and wakes us. */
  readonly isUnrecorded: (leaf: string) => boolean;
  readonly events: OperatorEvents;
  /** So many objects on that leaf were brought back. */
  readonly onRepaired: (leaf: string, objects: number) => void;
  /** Has that shortcut looked at again. */
  readonly wake: (name: string) => void;
  /** Has that LeafCluster looked at again. */
  readonly wakeLeaf: (name: string) => void;
  readonly liqoNamespace: string;
}

/** Observe, decide, act: each call is one pass over one shortcut. */
export class ShortcutReconciler {
  readonly #deps: ShortcutReconcilerDependencies;
  readonly #memories = new Memories();
  readonly #keyTurns: KeyRotationTurns;
  readonly #beingHeld = new Set<string>();

  constructor(deps: ShortcutReconcilerDependencies) {
    this.#deps = deps;
    this.#keyTurns = new KeyRotationTurns({ nowMs: () => deps.clock.monotonicMs(), wake: deps.wake });
  }

  /** Whether it is about to get our finalizer: its leaves are held from that moment on. */
  isBeingHeld(name: string): boolean {
    return this.#beingHeld.has(name);
  }

  async reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const deps = this.#deps;
    const found = deps.shortcuts.get(name);
    if (found === undefined) {
      this.#memories.forget(name);
      this.#keyTurns.settle(name, 'None');
      return done();
    }
    // The first attempt to connect wakes us: until then a leaf is neither known nor away.
    if (found.spec.clusters.some((end) => deps.session(end)?.isConnecting)) return done();
    // Names that nobody knows of yet could be given twice.
    const isGoing = found.metadata.deletionTimestamp !== undefined;
    if (!isGoing && found.spec.clusters.some(({ id }) => deps.isUnrecorded(id))) return done();
    const decision = decide(this.#observe(found), { liqoNamespace: deps.liqoNamespace });
    // Before anybody else is judged: from now on others yield to what is accepted here.
    if (decision.acceptance !== undefined) deps.claims.settle(found, decision.acceptance);
    this.#keyTurns.settle(name, decision.keyRotation?.state ?? 'None');
    const shortcut = decision.finalizer === 'add' ? await this.#hold(found, signal) : found;
    const outcome = await this.#announceAndAct(shortcut, decision, signal);
    const { failures } = outcome;
    const repairs = carriedOutRepairs(decision.repairs, outcome);
    this.#remember(shortcut, decision, outcome);
    this.#tell(shortcut, repairs);
    await Promise.all([...decision.pending].map(([leaf, objects]) => recordPending(deps, leaf, objects, signal)));
    if (decision.finalizer === 'remove') {
      await removeFinalizer(deps.central, kinds.shortcuts, shortcut, shortcutFinalizer, signal);
      return done();
    }
    const restMs = await this.#writeStatus(
      this.#asWritten(shortcut),
      carriedOut({ ...decision, repairs }, failures),
      signal,
    );
    const [failure] = failures.values();
    // What the server said is what decides how soon to try again.
    if (failure !== undefined) throw isApiError(failure.cause) ? failure.cause : failure;
    const waitMs = Math.min(restMs ?? Number.POSITIVE_INFINITY, decision.wakeUpAfterMs ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(waitMs) ? after(waitMs) : done();
  }

  #observe(shortcut: VirtualNodeShortcut): Observation {
    const { session, claims, clock } = this.#deps;
    const [a, b] = shortcut.spec.clusters;
    const sessions = [session(a), session(b)] as const;
    const leaves = [
      this.#observeLeaf(shortcut, [a.id, b.id], sessions[0]),
      this.#observeLeaf(shortcut, [b.id, a.id], sessions[1]),
    ] as const;
    const situations = situationsOf(shortcut, leaves);
    const { link = { trials: trialsFromStatus(shortcut, situations) } } = this.#memories.of(shortcut);
    const unfit = unfitServers(link.trials, situations);
    return {
      shortcut,
      nowMs: clock.monotonicMs(),
      link,
      review: claims.review(shortcut, runningServer(leaves, shortcut), unfit),
      isCarriedOut: claims.isCarriedOut(shortcut),
      leaves,
      now: clock.now(),
      mayRotateKeys: this.#keyTurns.mayRotate(shortcut.metadata.name),
      keyFromSecret: (uid) => sessions[0]?.keyFromSecret(uid) ?? sessions[1]?.keyFromSecret(uid),
    };
  }

  #observeLeaf(
    shortcut: VirtualNodeShortcut,
    [id, peer]: readonly [string, string],
    session: LeafSession | undefined,
  ): ObservedLeaf {
    const leafCluster = this.#deps.leafClusters.get(id);
    // What another cluster has in its place says nothing about what is left on this one.
    const isOther = leafCluster !== undefined && session !== undefined && isStranger(leafCluster, session);
    const objects = isOther ? undefined : session?.objectsFor(peer, shortcut.metadata.uid ?? '');
    const { settled, writes } = this.#memories.of(shortcut);
    return {
      id,
      leafCluster,
      unreachable:
        leafCluster === undefined ? 'there is no LeafCluster of that name' : unusableReason(leafCluster, session),
      account: session?.account,
      isRead: objects !== undefined,
      objects: objects ?? noObjects,
      settled: settled.get(id) ?? new Map(),
      writes: writes.get(id) ?? new Map(),
    };
  }

  /** The finalizer comes before the first effect outside. */
  async #hold(shortcut: VirtualNodeShortcut, signal: AbortSignal): Promise<VirtualNodeShortcut> {
    const { central, shortcuts, wakeLeaf } = this.#deps;
    const { name } = shortcut.metadata;
    this.#beingHeld.add(name);
    try {
      const held = await addFinalizer(central, kinds.shortcuts, shortcut, shortcutFinalizer, signal);
      shortcuts.observe(held);
      return held;
    } finally {
      this.#beingHeld.delete(name);
      for (const { id } of shortcut.spec.clusters) wakeLeaf(id);
    }
  }

  /**
   * What is decided is said at once, also while a leaf takes its time. Not where the last word was a failure: that stands
   * until the attempt has succeeded, or the status would change with every attempt.
   */
  async #announceAndAct(shortcut: VirtualNodeShortcut, decision: Decision, signal: AbortSignal): Promise<ActOutcome> {
    const acting = actOnLeaves(this.#deps, shortcut, decision, signal);
    const hasFailed = shortcut.status?.conditions?.some(({ reason }) => reason === leafError) === true;
    const isLast = decision.finalizer === 'remove';
    const unfinished = decision.unfinished === true || decision.actions.size > 0;
    const announced = { ...decision, repairs: noRepairs, unfinished };
    if (!hasFailed && !isLast) await this.#writeStatus(shortcut, announced, signal).catch(() => undefined); // Tried again below.
    return acting;
  }

  #remember(shortcut: VirtualNodeShortcut, decision: Decision, outcome: ActOutcome): void {
    const memory = this.#memories.of(shortcut);
    memory.settled = decision.settled;
    memory.writes = new Map([...memory.writes, ...writesThatCount(decision.writes, outcome)]);
    memory.link = decision.link ?? memory.link;
  }

  #tell(shortcut: VirtualNodeShortcut, repairs: Decision['repairs']): void {
    for (const event of repairEvents(repairs)) this.#deps.events.record(shortcut, event);
    for (const [leaf, repaired] of repairs) this.#deps.onRepaired(leaf, repaired.length);
  }

  /** With the status that was written meanwhile, but the spec that was decided on: a newer one is not carried out yet. */
  #asWritten(shortcut: VirtualNodeShortcut): VirtualNodeShortcut {
    const newest = this.#deps.shortcuts.get(shortcut.metadata.name);
    if (newest?.status === undefined || newest.metadata.uid !== shortcut.metadata.uid) return shortcut;
    return { ...shortcut, status: newest.status };
  }

  /** Writes what changed. Returns after how long progress is to be written that can wait. */
  async #writeStatus(
    shortcut: VirtualNodeShortcut,
    decision: Decision,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { central, clock, shortcuts, events } = this.#deps;
    const memory = this.#memories.of(shortcut);
    const status = statusOf(shortcut, decision, clock.now());
    if (isDeepStrictEqual(status, shortcut.status)) return undefined;
    const delayMs = statusDelayMs(shortcut.status, status, memory.statusWritesMs, clock.monotonicMs());
    if (delayMs > 0) return delayMs;
    const object = statusObject(shortcut, status);
    const options = { fieldManager, force: true, subresource: 'status', signal } as const;
    const written = await central.apply(kinds.shortcuts, object, options);
    memory.statusWritesMs = [...memory.statusWritesMs, clock.monotonicMs()].slice(-mostStatusWrites);
    shortcuts.observe(written);
    for (const event of [...transitionEvents(shortcut.status, status), ...keyRotationEvents(shortcut.status, status)])
      events.record(shortcut, event);
    return undefined;
  }
}

const noRepairs: Decision['repairs'] = new Map();

function statusObject(
  { apiVersion, kind, metadata }: VirtualNodeShortcut,
  status: ShortcutStatus,
): VirtualNodeShortcut {
  const { name, uid } = metadata;
  return { apiVersion, kind, metadata: { name, uid }, status } as VirtualNodeShortcut;
}
