import { isDeepStrictEqual } from 'node:util';
import {
  createFleetIndex,
  type FleetIndex,
  isOlder,
  type LeafCluster,
  type Problem,
  type Review,
  type VirtualNodeShortcut,
} from '@leafway/core';
import { type Change, findCondition } from '@leafway/reconciler';
import type { Acceptance } from './acceptance.ts';
import { isHeld } from './finalizer.ts';

export interface ClaimsDependencies {
  readonly centralClusterID: () => string | undefined;
  readonly shortcut: (name: string) => VirtualNodeShortcut | undefined;
  /** Has a shortcut judged again. */
  readonly wake: (name: string) => void;
}

/**
 * Who of several shortcuts that want the same is carried out. Each wish takes a ticket when it comes, and yields to those
 * with earlier ones; who is refused gives its ticket back and takes another when it is looked at again. So whoever is
 * accepted comes before everybody that may be accepted later, and what is carried out stays.
 */
export class Claims {
  readonly #deps: ClaimsDependencies;
  /** What is carried out, as it was accepted; and what nobody has judged yet. */
  readonly #index: FleetIndex;
  readonly #tickets = new Map<string, string>();
  readonly #accepted = new Map<string, AcceptedClaim>();
  /** Those that are refused, for whatever reason, and whom each of them yields to. */
  readonly #refused = new Map<string, ReadonlySet<string>>();
  /** The same the other way round. */
  readonly #waiting = new Map<string, Set<string>>();
  #isLeading = false;
  #lastTicket = 0;

  constructor(deps: ClaimsDependencies) {
    this.#deps = deps;
    this.#index = createFleetIndex({ centralClusterID: deps.centralClusterID });
  }

  /**
   * From now on this controller judges. Until then the order is that of the leader before: first what it accepted, then
   * what it had begun, then by age.
   */
  lead(): void {
    this.#isLeading = true;
  }

  leafChanged({ key, after }: Change<LeafCluster>): void {
    if (after === undefined) this.#index.removeLeaf(key);
    else this.#index.putLeaf(after);
  }

  /** Whoever yields to this one is judged again when it wants something else now, or is gone. */
  shortcutChanged({ key, before, after }: Change<VirtualNodeShortcut>): void {
    const isSameObject = before?.metadata.uid === after?.metadata.uid;
    if (!isSameObject) this.#accepted.delete(key);
    const isNews = !isSameObject || !isDeepStrictEqual(newsOf(before), newsOf(after));
    if (isNews) {
      if (isSameObject && this.#isLeading) this.#inherit(before);
      this.#forgive(key);
      this.#tickets.delete(key);
    }
    if (after === undefined || this.#isIdle(after)) this.#index.removeShortcut(key);
    else if (isNews || !this.#isLeading) this.#put(after);
    if (isNews) this.#wakeWaiting(key);
  }

  /**
   * What is to be said of a stored shortcut; `runningServer`: where its gateway server was seen; `unfitServers`: where it
   * was tried in vain. When it has to yield to somebody who is carried out, those who are not judged yet do not matter.
   */
  review(
    shortcut: VirtualNodeShortcut,
    runningServer: string | undefined,
    unfitServers: readonly string[] = [],
  ): Review {
    const ticketed = withTicket(shortcut, this.#ticketOf(shortcut));
    const options = { isStored: true, currentServer: runningServer };
    const attempt = this.#index.review(ticketed, { ...options, unfitServers });
    // A server that cannot work is not given up for one that may not be: what is there would not be looked after any more.
    const isBarred = unfitServers.length > 0 && attempt.problems.length > 0;
    const review = isBarred ? this.#index.review(ticketed, options) : attempt;
    const isCertain = ({ rival }: Problem): boolean => rival === undefined || this.#accepted.has(rival.name);
    const certain = review.problems.filter(isCertain);
    return certain.some(({ rival }) => rival !== undefined) ? { ...review, problems: certain } : review;
  }

  /** It was carried out before, maybe with another spec and by the leader before: on its leaves is what nobody contested. */
  isCarriedOut(shortcut: VirtualNodeShortcut): boolean {
    const claim = this.#accepted.get(shortcut.metadata.name);
    return claim === undefined ? isKept(shortcut) : claim.uid === shortcut.metadata.uid;
  }

  /** Takes down what came of a judgement. Nothing may happen between the two. */
  settle(shortcut: VirtualNodeShortcut, acceptance: Acceptance): void {
    if (acceptance.ok) this.#accept(shortcut, acceptance.accepted.plan.server);
    else this.#refuse(shortcut, acceptance.rivals);
  }

  #accept(shortcut: VirtualNodeShortcut, server: string): void {
    const { name, uid } = shortcut.metadata;
    this.#forgive(name);
    const before = this.#accepted.get(name);
    const ticket = this.#ticketOf(shortcut);
    if (before?.uid === uid && before?.ticket === ticket && before.server === server) return;
    // With what it keeps it came first, and nobody that may be accepted later has a better right to the rest.
    const first = before !== undefined && before.ticket < ticket ? before.ticket : ticket;
    this.#tickets.set(name, first);
    this.#accepted.set(name, { uid, ticket: first, server, spec: withServer(shortcut.spec, server) });
    this.#put(shortcut);
    // It may have given up what another one waits for.
    if (before !== undefined) this.#wakeWaiting(name);
  }

  /** What the leader before had accepted, and nobody has judged since, is carried out as it was until then. */
  #inherit(before: VirtualNodeShortcut | undefined): void {
    if (before === undefined || heritageOf(before) !== heritages.accepted) return;
    const { name, uid } = before.metadata;
    if (this.#accepted.has(name) || this.#refused.has(name)) return;
    const { gateway: { server: wish = 'Auto' } = {} } = before.spec;
    const server = before.status?.clusters?.find(({ role }) => role === 'Server')?.id ?? wish;
    this.#accepted.set(name, { uid, ticket: inheritedTicket(before), server, spec: withServer(before.spec, server) });
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
    if (this.#isIdle(shortcut)) this.#index.removeShortcut(name);
    if (this.#isIdle(shortcut) || this.isCarriedOut(shortcut)) this.#tickets.delete(name);
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

  /** All of them stand in the queue again, the oldest first, before anybody is judged. */
  #wakeWaiting(rival: string): void {
    const names = [...(this.#waiting.get(rival) ?? [])];
    const shortcuts = names.flatMap((name) => this.#deps.shortcut(name) ?? []);
    shortcuts.sort((a, b) => (isOlder(a.metadata, b.metadata) ? -1 : 1));
    for (const name of names) this.#forgive(name);
    for (const shortcut of shortcuts) this.#put(shortcut);
    names.forEach(this.#deps.wake);
  }

  #put(shortcut: VirtualNodeShortcut): void {
    const claim = this.isCarriedOut(shortcut) ? this.#accepted.get(shortcut.metadata.name) : undefined;
    if (claim === undefined) this.#index.putShortcut(withTicket(shortcut, this.#ticketOf(shortcut)));
    else this.#index.putShortcut(withTicket({ ...shortcut, spec: claim.spec }, claim.ticket));
  }

  #ticketOf(shortcut: VirtualNodeShortcut): string {
    const { name } = shortcut.metadata;
    if (!this.#isLeading) {
      const ticket = inheritedTicket(shortcut);
      this.#tickets.set(name, ticket);
      return ticket;
    }
    const known = this.#tickets.get(name);
    if (known !== undefined) return known;
    this.#lastTicket += 1;
    const ticket = `${newcomers} ${String(this.#lastTicket).padStart(ticketDigits, '0')}`;
    this.#tickets.set(name, ticket);
    return ticket;
  }

  /** It wants nothing now, and nothing of it can be on any leaf. */
  #isIdle(shortcut: VirtualNodeShortcut): boolean {
    const { name, deletionTimestamp } = shortcut.metadata;
    const isWaiting = this.#refused.has(name) || deletionTimestamp !== undefined;
    return isWaiting && !this.isCarriedOut(shortcut) && heritageOf(shortcut) === heritages.none;
  }
}

interface AcceptedClaim {
  readonly uid: string | undefined;
  readonly ticket: string;
  readonly server: string;
  readonly spec: VirtualNodeShortcut['spec'];
}

/** What the leader before left of a shortcut. */
const heritages = {
  /** It was accepted as it is. */
  accepted: 0,
  /** There may be something of it on its leaves, but what it wants now it never had. */
  begun: 1,
  none: 2,
} as const;

/** Tickets are compared as texts: those that are given come after those that are inherited. */
const newcomers = 3;
const ticketDigits = 12;

function inheritedTicket(shortcut: VirtualNodeShortcut): string {
  return `${heritageOf(shortcut)} ${shortcut.metadata.creationTimestamp ?? ''}`;
}

function heritageOf(shortcut: VirtualNodeShortcut): (typeof heritages)[keyof typeof heritages] {
  const { metadata, status } = shortcut;
  const accepted = findCondition(status?.conditions ?? [], 'Accepted');
  if (accepted?.status === 'True' && accepted.observedGeneration === metadata.generation) return heritages.accepted;
  return isHeld(shortcut) ? heritages.begun : heritages.none;
}

/**
 * The leader before carried out what it wanted then, and refused what it wants now or never saw it. Who was accepted with
 * what it wants now may have been so by one that did not lead any more.
 */
function isKept(shortcut: VirtualNodeShortcut): boolean {
  return heritageOf(shortcut) === heritages.begun && (shortcut.status?.clusters ?? []).length > 0;
}

/** The index lets what is carried out come first, then the older: here the ticket alone tells who that is. */
function withTicket({ apiVersion, kind, metadata, spec }: VirtualNodeShortcut, ticket: string): VirtualNodeShortcut {
  return { apiVersion, kind, metadata: { ...metadata, creationTimestamp: ticket }, spec };
}

/** The index would have to guess where the server of another shortcut is, and of this one it is known. */
function withServer(spec: VirtualNodeShortcut['spec'], server: string): VirtualNodeShortcut['spec'] {
  return { ...spec, gateway: { ...spec.gateway, server } };
}

/** What others can want too, besides the pair, which never changes; and whether it is about to be free. */
function newsOf(shortcut: VirtualNodeShortcut | undefined): unknown {
  const { gateway, ipMapping } = shortcut?.spec ?? {};
  const { server, service } = gateway ?? {};
  const wish = { server, nodePort: service?.nodePort, loadBalancerIP: service?.loadBalancerIP, ipMapping };
  return { wish, deletionTimestamp: shortcut?.metadata.deletionTimestamp };
}
