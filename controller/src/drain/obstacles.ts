import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { type ApiError, findCondition } from '@leafway/reconciler';
import { type Connection, nameOfConnection, shortcutNameOf } from '../compatibility/connection.ts';
import { isOwing } from '../leaf/facts.ts';
import { leafFinalizer } from '../leaf/reconciler.ts';
import { abandonAnnotation } from '../leaf/verdicts.ts';
import { shortcutFinalizer } from '../shortcut/finalizer.ts';

/** Something that would be left behind, or be stuck, if nobody carried out shortcuts any more from now on. */
export interface Obstacle {
  /** `VirtualNodeShortcut rome-milan`. */
  readonly object: string;
  /** What is in its way, on which leaf. */
  readonly why: string;
  /** What a person can do about it. */
  readonly wayOut: string;
  /** Nothing that runs will remove it: waiting helps only if somebody comes back. */
  readonly isHopeless: boolean;
}

/** What is known when a drain looks around. */
export interface DrainView {
  readonly connections: readonly Connection[];
  readonly shortcuts: readonly VirtualNodeShortcut[];
  readonly leaves: readonly LeafCluster[];
  /** A controller leads: it takes down what is deleted, and cleans leaves that answer. */
  readonly isLed: boolean;
  /** By which one can tell. */
  readonly lease: { readonly namespace: string; readonly name: string };
}

/** Every obstacle, each by name, shortcuts and leaves after what waits for them. */
export function obstaclesOf({ connections, shortcuts, leaves, isLed, lease }: DrainView): Obstacle[] {
  const unled = isLed
    ? undefined
    : `no controller holds the Lease ${lease.namespace}/${lease.name}, so nobody takes it down`;
  return [
    ...byName(connections).map((connection) => heldConnection(connection, unled)),
    ...byName(shortcuts).map((shortcut) => heldShortcut(shortcut, unled)),
    ...byName(leaves)
      .filter(isOwing)
      .map((leaf) => owingLeaf(leaf, unled)),
  ];
}

/** `unled`: why nothing happens where no controller leads. */
function heldConnection(connection: Connection, unled: string | undefined): Obstacle {
  const object = nameOfConnection(connection);
  if (unled !== undefined) return { object, why: unled, wayOut: startOne, isHopeless: true };
  const why = `it waits for the end of the VirtualNodeShortcut ${shortcutNameOf(connection)}`;
  return { object, why, wayOut: 'wait, or look what holds that', isHopeless: false };
}

/** `unled`: as above. */
function heldShortcut(shortcut: VirtualNodeShortcut, unled: string | undefined): Obstacle {
  const { name, finalizers = [] } = shortcut.metadata;
  const object = `VirtualNodeShortcut ${name}`;
  if (finalizers.includes(shortcutFinalizer)) {
    if (unled !== undefined) return { object, why: unled, wayOut: startOne, isHopeless: true };
    const ready = findCondition(shortcut.status?.conditions, 'Ready');
    const isTakenDown = shortcut.metadata.deletionTimestamp !== undefined && ready?.status === 'False';
    const why = isTakenDown ? asClause(ready.message) : 'the controller has not begun to take it down';
    return { object, why, wayOut: 'remove what holds it there, or let that leaf answer', isHopeless: false };
  }
  const others = finalizers.join(', ');
  if (others === '') return { object, why: 'it is about to go', wayOut: 'wait', isHopeless: false };
  return {
    object,
    why: `it is held by the finalizer ${others}, which is not Leafway's`,
    wayOut: 'have the one who put it there take it off',
    isHopeless: true,
  };
}

function owingLeaf(leaf: LeafCluster, unled: string | undefined): Obstacle {
  const { name } = leaf.metadata;
  const pending = leaf.status?.pendingCleanup ?? [];
  const names = pending.map(({ kind, namespace, name: object }) =>
    namespace === undefined ? `${kind} ${object}` : `${kind} ${namespace}/${object}`,
  );
  const reachable = findCondition(leaf.status?.conditions, 'Reachable');
  const isAway = reachable?.status !== 'True';
  const left = `objects of deleted shortcuts are still on that leaf (${names.join(', ')})`;
  const away = isAway && reachable !== undefined ? `: ${asClause(reachable.message)}` : '';
  return {
    object: `LeafCluster ${name}`,
    why: `${left}${unled === undefined ? away : `, and ${unled}`}`,
    wayOut: `let ${name} answer, or give up what is on it: kubectl annotate leafcluster ${name} ${abandonAnnotation}=true`,
    isHopeless: isAway || unled !== undefined,
  };
}

/** What is left when all else is done: `held` are the LeafClusters that, as far as is known, our finalizer still holds. */
export function unansweredObstacle(held: readonly LeafCluster[], problem: ApiError | undefined): Obstacle {
  const said = problem === undefined ? '' : ` (${asClause(problem.message)})`;
  const why = `the central cluster does not answer${said}`;
  const wayOut = 'drain again when it does';
  if (held.length === 0) return { object: 'LeafClusters', why, wayOut, isHopeless: false };
  const names = byName(held).map(({ metadata }) => metadata.name);
  return {
    object: `LeafCluster ${names.join(', ')}`,
    why: `the finalizer ${leafFinalizer} is still on it, because ${why}`,
    wayOut,
    isHopeless: false,
  };
}

const startOne = 'start the controller again, or remove everything without it: leafway uninstall --force';

const byName = <T extends { readonly metadata: { readonly name: string } }>(objects: readonly T[]): T[] =>
  objects.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));

const asClause = (message: string): string => message.replace(/\.$/, '');
