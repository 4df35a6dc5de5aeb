import type { CompleteShortcutSpec, ShortcutStatus, VirtualNodeShortcut } from '@leafway/core';
import { rfc3339 } from '../rfc3339.ts';
import { isAsked, isRotated, keyOrderOf } from './key-exchange.ts';
import { worksNow } from './link-health.ts';
import type { Observation } from './observation.ts';
import { eachWithPeer, type Side, type Sides } from './side.ts';

/** On a shortcut: any value that was not carried out yet asks for other keys at once. */
export const rotateKeysAnnotation = 'leafway.dev/rotate-keys';

/** What is done about the keys of one link. */
export interface KeyRotation {
  readonly status: ShortcutStatus['keyRotation'];
  /** `Waiting` for its turn, `Blocked` until the link works or for good, `Rotating` when a gateway was asked. */
  readonly state: 'None' | 'Waiting' | 'Blocked' | 'Rotating';
  /** Both sides, with what their gateways are asked to do. */
  readonly sides: Sides;
  readonly wakeUpAfterMs?: number;
}

/**
 * Gives both gateways of a link other keys when that is asked for or due: one after the other, the server first, each only
 * while the link works. Pure and level triggered: how far it is stands in the annotations of the gateways, and a request
 * bears the time of the last rotation, so that it is another one after each.
 */
export function rotateKeys(
  { shortcut, now, mayRotateKeys }: Pick<Observation, 'shortcut' | 'now' | 'mayRotateKeys'>,
  spec: CompleteShortcutSpec,
  sides: Sides,
): KeyRotation {
  const { keyRotation: before = {} } = shortcut.status ?? {};
  const wish = wishOf(shortcut);
  const dueMs = dueTimeMs(shortcut, spec, now);
  const times = { ...pick(before), ...(dueMs === undefined ? {} : { nextTime: timeText(dueMs) }) };
  const isDue = (wish !== undefined && wish !== before.request) || (dueMs !== undefined && dueMs <= now.getTime());
  if (!isDue) return { ...idle(withOrders(sides, undefined), times), ...wakeUp(dueMs, now) };
  const obstacle = obstacleOf(sides);
  if (obstacle !== undefined) return { state: 'Blocked', status: { ...times, message: obstacle }, sides };
  const request = `${wish ?? ''}@${before.lastTime ?? shortcut.metadata.creationTimestamp ?? ''}`;
  const turn = inOrder(sides).find(([side, peer]) => !isRotated(side, peer, request));
  if (turn === undefined) return idle(withOrders(sides, undefined), rotated(shortcut, spec, now));
  const [side] = turn;
  const isConnected = worksNow(shortcut, sides);
  const hasBegun = sides.some((each) => isAsked(each, request));
  const mayAsk = isAsked(side, request) || (isConnected && (hasBegun || mayRotateKeys));
  const message = mayAsk ? `${side.leaf.id} gets another key.` : waitingWords(isConnected);
  return {
    state: mayAsk || hasBegun ? 'Rotating' : isConnected ? 'Waiting' : 'Blocked',
    status: { ...times, message },
    sides: withOrders(sides, mayAsk ? { id: side.leaf.id, request } : undefined),
  };
}

const idle = (sides: Sides, status: NonNullable<ShortcutStatus['keyRotation']>): KeyRotation => ({
  state: 'None',
  status: Object.keys(status).length === 0 ? undefined : status,
  sides,
});

/** A value that is too long for the status is told apart by its beginning. */
const wishOf = ({ metadata }: VirtualNodeShortcut): string | undefined =>
  metadata.annotations?.[rotateKeysAnnotation]?.slice(0, 256);

const pick = ({ lastTime, request }: NonNullable<ShortcutStatus['keyRotation']>) => ({
  ...(lastTime === undefined ? {} : { lastTime }),
  ...(request === undefined ? {} : { request }),
});

/**
 * When the keys are too old; `undefined` when they may become as old as they like. A last time that is still to come was
 * told by a clock that was wrong, and counts for nothing.
 */
function dueTimeMs(
  { metadata, status }: VirtualNodeShortcut,
  { gateway }: CompleteShortcutSpec,
  now: Date,
): number | undefined {
  const hours = Number.parseInt(gateway.keyRotation?.interval ?? '', 10);
  const last = Date.parse(status?.keyRotation?.lastTime ?? '');
  const isBelieved = last <= now.getTime() + clocksDifferMs;
  const since = isBelieved ? last : Date.parse(metadata.creationTimestamp ?? '');
  return Number.isNaN(hours) || Number.isNaN(since) ? undefined : since + hours * 3_600_000;
}

/** As much as the clocks of two controllers, one after the other, may be apart. */
const clocksDifferMs = 3_600_000;

function rotated(
  shortcut: VirtualNodeShortcut,
  spec: CompleteShortcutSpec,
  now: Date,
): NonNullable<ShortcutStatus['keyRotation']> {
  const lastTime = timeText(now.getTime());
  const request = wishOf(shortcut);
  const after = { ...shortcut, status: { ...shortcut.status, keyRotation: { lastTime } } };
  const dueMs = dueTimeMs(after, spec, now);
  return {
    lastTime,
    ...(dueMs === undefined ? {} : { nextTime: timeText(dueMs) }),
    ...(request === undefined ? {} : { request }),
  };
}

const timeText = (ms: number): string => rfc3339(new Date(ms));

/** A timer cannot be set for longer than some weeks; looking twice a day costs nothing. */
const longestSleepMs = 43_200_000;

const wakeUp = (dueMs: number | undefined, now: Date): { wakeUpAfterMs?: number } =>
  dueMs === undefined ? {} : { wakeUpAfterMs: Math.min(dueMs - now.getTime(), longestSleepMs) };

/** Liqo's gateway reads its key once, when it starts, and takes packets from one key at a time. */
function obstacleOf(sides: Sides): string | undefined {
  const ofLiqo = sides.filter(({ input }) => input.own.dataPlane === 'Liqo').map(({ leaf }) => leaf.id);
  if (ofLiqo.length === 0) return undefined;
  return (
    `The keys are not rotated: a gateway of Liqo reads its key only when it starts, and ${ofLiqo.join(' and ')} ` +
    `${ofLiqo.length === 1 ? 'has' : 'have'} one. Deleting the gateway object there gives it another key; ` +
    'the link is down until its pod runs again.'
  );
}

const waitingWords = (isConnected: boolean): string =>
  isConnected
    ? 'Other keys are due; other links get theirs first.'
    : 'Other keys are due; they wait until the link works.';

/** Each with its peer, the server first. */
function inOrder(sides: Sides): readonly Sides[] {
  const pairs = eachWithPeer(sides);
  return sides[0].role === 'Server' ? pairs : pairs.toReversed();
}

function withOrders([a, b]: Sides, turn: { readonly id: string; readonly request: string } | undefined): [Side, Side] {
  const order = (side: Side, peer: Side): Side => ({
    ...side,
    keyOrder: keyOrderOf(side, peer, turn?.id === side.leaf.id ? turn.request : undefined),
  });
  return [order(a, b), order(b, a)];
}
