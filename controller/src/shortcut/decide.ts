import type { Plan, VirtualNodeShortcut } from '@leafway/core';
import { readServerEndpoint } from '@leafway/liqo';
import { type Acceptance, type Accepted, type DecideOptions, judge } from './acceptance.ts';
import type { LeafAction, PendingObject } from './actions.ts';
import type { Verdict } from './conditions.ts';
import { acceptedVerdict } from './existing/verdict.ts';
import { isHeld } from './finalizer.ts';
import { type KeyRotation, rotateKeys } from './key-rotation.ts';
import { type LinkHistory, linkHealth } from './link-health.ts';
import { isOtherSpec, type Observation, type ObservedLeaf } from './observation.ts';
import { readiness } from './readiness.ts';
import type { Repair, Settled } from './repair.ts';
import { eachWithPeer, type Sides, sidesOf } from './side.ts';
import { adoptionStep, type SideStep, sideStep } from './side-step.ts';
import { heldWords, orphanActions, remainderOf, teardownStep } from './teardown.ts';
import { leavesReachable } from './verdicts.ts';
import { disturbedMs, type WriteHistories } from './write-budget.ts';

/** What to do about one shortcut now, and what to say of it. */
export interface Decision {
  /** Whether it may be carried out; absent while it is deleted. */
  readonly acceptance?: Acceptance;
  readonly finalizer: 'add' | 'remove' | 'keep';
  readonly actions: ReadonlyMap<string, readonly LeafAction[]>;
  /** By leaf: what stays behind there, to be written down before the finalizer goes. */
  readonly pending: ReadonlyMap<string, readonly PendingObject[]>;
  /** By leaf: which of the actions undo what somebody else did. */
  readonly repairs: ReadonlyMap<string, readonly Repair[]>;
  /** By leaf: what is as it should be, for the next look. */
  readonly settled: ReadonlyMap<string, Settled>;
  /** By leaf: what was written lately, with these actions. */
  readonly writes: ReadonlyMap<string, WriteHistories>;
  /** What to remember of the link; absent while a shortcut is refused or deleted. */
  readonly link?: LinkHistory;
  readonly verdicts: readonly Verdict[];
  /** The ends as far as they are known, for the status; absent while a shortcut is refused or deleted. */
  readonly sides?: Sides;
  readonly roleReason?: string;
  /** What it made is being removed because it came too late: nothing is to be told of its ends any more. */
  readonly lost?: boolean;
  /** What is done about the keys; absent while nothing may be. */
  readonly keyRotation?: KeyRotation;
  readonly wakeUpAfterMs?: number;
  /** Some of it waits for a leaf, is under way, or could not be done. */
  readonly unfinished?: boolean;
}

const noDecision = {
  finalizer: 'keep',
  actions: new Map(),
  pending: new Map(),
  repairs: new Map(),
  settled: new Map(),
  writes: new Map(),
} satisfies Partial<Decision>;

/** All of the controller's knowledge: pure, so that every situation can be tried. */
export function decide(observation: Observation, options: DecideOptions): Decision {
  const { shortcut } = observation;
  if (shortcut.metadata.deletionTimestamp !== undefined) return decideDeletion(observation);
  const reachable = leavesReachable(observation);
  const acceptance = judge(observation, options);
  if (!acceptance.ok) return { ...refused(observation, [acceptance.verdict, reachable]), acceptance };
  const { accepted } = acceptance;
  const roleReason = roleReasonOf(shortcut, accepted.plan);
  const { spec, mode } = accepted;
  const { paused } = spec;
  const found = sidesOf(observation, accepted, options.liqoNamespace);
  const keyRotation = paused || mode !== 'Keep' ? undefined : rotateKeys(observation, spec, found);
  const sides = keyRotation?.sides ?? found;
  const isUntouched = paused || mode === 'Observe';
  const steps = isUntouched ? new Map<string, SideStep>() : stepsOf(accepted, sides, observation.nowMs);
  const loops = select(steps, (step) => step.loops);
  const health = linkHealth(observation, { accepted, sides, isDisturbed: isDisturbed(steps, observation.nowMs) });
  const verdicts = [acceptedVerdict(accepted, sides, roleReason), reachable, ...health.verdicts];
  return {
    ...noDecision,
    acceptance,
    finalizer: isUntouched || isHeld(shortcut) ? 'keep' : 'add',
    actions: select(steps, ({ actions }) => actions),
    repairs: select(steps, ({ repairs }) => repairs),
    settled: new Map(sides.map(({ leaf }) => [leaf.id, steps.get(leaf.id)?.settled ?? leaf.settled])),
    writes: new Map(sides.map(({ leaf }) => [leaf.id, steps.get(leaf.id)?.writes ?? leaf.writes])),
    link: health.history,
    verdicts: [...verdicts, readiness(shortcut, verdicts, { paused, loops })],
    sides,
    roleReason,
    ...(keyRotation === undefined ? {} : { keyRotation }),
    unfinished: !isUntouched && (mode === 'Adopt' || steps.size < sides.length || isServerMoving(shortcut, sides)),
    ...wakeUp([
      ...health.lookAfterMs,
      ...[...loops.values()].flat().map(({ lookAfterMs }) => lookAfterMs),
      ...(keyRotation?.wakeUpAfterMs === undefined ? [] : [keyRotation.wakeUpAfterMs]),
    ]),
  };
}

/** The reason for which the roles were given, not that a running link keeps them. */
function roleReasonOf({ status }: VirtualNodeShortcut, { server, roleReason }: Plan): string {
  const known = status?.clusters?.find(({ id, role }) => id === server && role === 'Server');
  return known?.roleReason ?? roleReason;
}

/**
 * A refused shortcut touches nothing, with one exception: whoever has to yield removes what it made before it knew, or
 * both would wait for each other. A link that was carried out stays as it was accepted: only a change of it is refused.
 */
function refused({ shortcut, leaves, isCarriedOut }: Observation, verdicts: readonly Verdict[]): Decision {
  const actions = new Map<string, readonly LeafAction[]>();
  const lost = !isCarriedOut && shortcut.spec.paused !== true && verdicts.some(({ reason }) => reason === 'Conflicted');
  for (const { id, objects, unreachable } of lost ? leaves : []) {
    const step = teardownStep(objects, shortcut.metadata.uid ?? '');
    if (unreachable === undefined && step.actions.length > 0) actions.set(id, step.actions);
  }
  return { ...noDecision, actions, verdicts: [...verdicts, readiness(shortcut, verdicts, notFoughtOver)], lost };
}

const notFoughtOver = { paused: false, loops: new Map() };

/** What fails within a minute of a write of ours fails because of it, as likely as not. */
function isDisturbed(steps: ReadonlyMap<string, SideStep>, nowMs: number): boolean {
  const histories = [...steps.values()].flatMap(({ writes }) => [...writes.values()]);
  return histories.some(({ lastMs }) => nowMs - lastMs < disturbedMs);
}

/** The gateway server announces another port still than the one that is wanted of it now. */
function isServerMoving(shortcut: VirtualNodeShortcut, sides: Sides): boolean {
  const server = sides.find(({ role }) => role === 'Server');
  const announced = server?.gateway === undefined ? undefined : readServerEndpoint(server.gateway);
  if (!isOtherSpec(shortcut) || server === undefined || announced === undefined) return false;
  const { type, port, nodePort } = server.input.spec.gateway.service;
  const wanted = type === 'NodePort' ? nodePort : port;
  return wanted !== undefined && wanted !== announced.port;
}

/** The next moment at which time alone changes something: nothing else would wake us then. */
function wakeUp(afterMs: readonly number[]): { wakeUpAfterMs?: number } {
  return afterMs.length === 0 ? {} : { wakeUpAfterMs: Math.min(...afterMs) };
}

/** A leaf that cannot be reached delays nobody: the other side is worked on all the same. */
function stepsOf({ mode, link }: Accepted, sides: Sides, nowMs: number): Map<string, SideStep> {
  const steps = new Map<string, SideStep>();
  for (const [side, peer] of eachWithPeer(sides)) {
    if (side.leaf.unreachable !== undefined || side.leaf.objects.namespaces.length > 1) continue;
    steps.set(side.leaf.id, mode === 'Adopt' ? adoptionStep(link, side) : sideStep(side, peer, nowMs));
  }
  return steps;
}

/** One part of every step that has any of it. */
function select<T>(
  steps: ReadonlyMap<string, SideStep>,
  part: (step: SideStep) => readonly T[],
): Map<string, readonly T[]> {
  return new Map([...steps].map(([leaf, step]) => [leaf, part(step)] as const).filter(([, found]) => found.length > 0));
}

/**
 * Deleting always ends: the living side is cleaned at once, and what cannot be reached is written down for later
 * (docs/adr/0005-deleting-always-ends.md).
 */
function decideDeletion({ shortcut, leaves }: Observation): Decision {
  const actions = new Map<string, readonly LeafAction[]>();
  const pending = new Map<string, readonly PendingObject[]>();
  const busy: string[] = [];
  for (const [leaf, peer] of eachWithPeer(leaves)) {
    const step = endingOn(leaf, shortcut, shortcut.metadata.uid ?? '');
    if (step.actions.length > 0) actions.set(leaf.id, step.actions);
    if (!step.clean) busy.push(leaf.id);
    const isOwing = leaf.unreachable !== undefined && leaf.leafCluster !== undefined;
    if (!isOwing || shortcut.spec.deletionPolicy === 'Orphan') continue;
    const remainder = remainderOf(leaf, peer.id, shortcut);
    if (remainder.length > 0) pending.set(leaf.id, remainder);
  }
  // Only when it is about to go: as long as it is here it knows by itself what is left.
  if (busy.length > 0) pending.clear();
  const held = leaves.flatMap(({ id, unreachable, objects }) =>
    unreachable === undefined ? heldWords(id, objects, shortcut.metadata.uid ?? '') : [],
  );
  const message =
    busy.length === 0
      ? 'Everything of this shortcut is removed.'
      : [`Removing its objects on ${busy.join(' and ')}.`, ...held].join(' ');
  return {
    ...noDecision,
    finalizer: busy.length === 0 && isHeld(shortcut) ? 'remove' : 'keep',
    actions,
    pending,
    verdicts: [{ type: 'Ready', status: 'False', reason: 'Deleting', message }],
  };
}

function endingOn(
  leaf: ObservedLeaf,
  { spec }: VirtualNodeShortcut,
  uid: string,
): { actions: readonly LeafAction[]; clean: boolean } {
  if (leaf.unreachable !== undefined) return { actions: [], clean: true };
  if (spec.deletionPolicy !== 'Orphan') return teardownStep(leaf.objects, uid);
  const actions = orphanActions(leaf.objects, uid);
  return { actions, clean: actions.length === 0 };
}
