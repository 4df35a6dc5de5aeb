import { isDeepStrictEqual } from 'node:util';
import { type LiqoObject, type LiqoResource, ownKeySource, readServerEndpoint, resources } from '@leafway/liqo';
import type { LeafAction } from './actions.ts';
import { desiredClient, desiredConfiguration, desiredNamespace, desiredPublicKey, desiredServer } from './desired.ts';
import { differenceOf } from './difference.ts';
import { adoption, isAdopted } from './existing/adopt.ts';
import type { ExistingLink } from './existing/link.ts';
import { desiredKeyBinding } from './key-binding.ts';
import { nextKeyOf, withAnnotations } from './key-exchange.ts';
import { isOwnedBy, isTerminating } from './observation.ts';
import { type Repair, repairOf, type Settled, settledKey } from './repair.ts';
import type { Side } from './side.ts';
import {
  nextLookMs,
  seenRight,
  seenWrong,
  type WriteHistories,
  type WriteHistory,
  writeWaitMs,
  written,
} from './write-budget.ts';

/** What one side needs now. */
export interface SideStep {
  readonly actions: readonly LeafAction[];
  /** What some of the actions undo: changes by somebody else. */
  readonly repairs: readonly Repair[];
  /** What was seen as it should be, now or the last time. */
  readonly settled: Settled;
  /** What was written lately, with these actions. */
  readonly writes: WriteHistories;
  /** What somebody changes as often as it is brought back; its next write may wait. */
  readonly loops: readonly RepairLoop[];
}

/** An object over which there is a fight. */
export interface RepairLoop {
  readonly object: LiqoObject;
  /** Who changes it, where the cluster tells. */
  readonly by: string | undefined;
  /** After how long it is to be looked at. */
  readonly lookAfterMs: number;
}

/** One object that a side should have, and what stands in its place. */
export interface Place {
  readonly resource: LiqoResource;
  readonly wanted: LiqoObject;
  readonly found: LiqoObject | undefined;
}

/** What is ours and differs is brought back, in time; what is not ours is left alone. */
export function sideStep(side: Side, peer: Side, nowMs: number): SideStep {
  const { leaf, input } = side;
  const uid = input.shortcut.metadata.uid ?? '';
  // It must be gone before anything can be made in it.
  if (leaf.objects.namespaces.some(isTerminating)) return waiting(leaf);
  const at = { generation: input.shortcut.metadata.generation, nowMs };
  const steps = [
    ...placesOf(side, peer)
      .filter((place) => !isHeldBack(place, side, peer))
      .map((place) => rationed(placeStep(place, leaf.settled, uid), leaf.writes, at)),
    ...removeWrongRole(side, peer, uid).map((step) => rationed(step, leaf.writes, at)),
  ];
  return {
    actions: [...steps.flatMap(({ action }) => action ?? []), ...readKeyActions(side)],
    repairs: steps.flatMap(({ repair }) => repair ?? []),
    settled: new Map(steps.flatMap(({ key, settled }) => (settled === undefined ? [] : [[key, settled] as const]))),
    writes: historiesOf(steps, leaf.writes, nowMs),
    loops: steps.flatMap(({ loop }) => loop ?? []),
  };
}

/**
 * A gateway that is wanted otherwise than before stays as it is while the other end cannot follow: with another port or MTU
 * on one side alone a link that works would be cut for as long. Of a changed spec most is about something else.
 */
function isHeldBack(place: Place, side: Side, peer: Side): boolean {
  const { resource, wanted, found } = place;
  if (peer.leaf.unreachable === undefined || found === undefined || !gatewayKinds.includes(resource)) return false;
  const isAsBefore = isDeepStrictEqual(side.leaf.settled.get(settledKey(wanted)), wanted);
  const changed = differencesIn(wanted, found);
  return !isAsBefore && changed.length > 0 && !hasFollowed(peer, side, changed);
}

/** The other end has nothing left to do about such a change: a client does nothing that a server would have to follow. */
function hasFollowed(peer: Side, side: Side, changed: readonly string[]): boolean {
  const gateway = placesOf(peer, side).find(({ resource }) => gatewayKinds.includes(resource));
  if (gateway?.found === undefined || differencesIn(gateway.wanted, gateway.found).length > 0) return false;
  return peer.role === 'Server' || changed.every((path) => path === '/spec/mtu');
}

const differencesIn = (wanted: LiqoObject, found: LiqoObject): string[] =>
  differenceOf(wanted, found).flatMap(({ path }) => (path.startsWith('/spec') ? [path] : []));

const gatewayKinds: readonly LiqoResource[] = [resources.gatewayServers, resources.gatewayClients];

/** What was written and is not looked at now counts all the same. */
function historiesOf(steps: readonly RationedStep[], before: WriteHistories, nowMs: number): WriteHistories {
  const histories = new Map([...before].map(([key, history]) => [key, seenRight(history, nowMs)]));
  for (const { key, history } of steps) histories.set(key, history);
  return new Map([...histories].flatMap(([key, history]) => (history === undefined ? [] : [[key, history] as const])));
}

const waiting = ({ settled, writes }: Side['leaf']): SideStep => ({
  actions: [],
  repairs: [],
  settled,
  writes,
  loops: [],
});

/**
 * Before anything else is done to a link that others made or began, all of that becomes ours: who finds it by its marks
 * finds all of it.
 */
export function adoptionStep({ foreign }: ExistingLink, side: Side): SideStep {
  const { leaf, input } = side;
  const adoptions = foreign.filter((found) => found.leaf === leaf.id).map((found) => adoption(found, input));
  return { ...waiting(leaf), actions: [...adoptions, ...readKeyActions(side)] };
}

interface PlaceStep {
  readonly key: string;
  readonly object: LiqoObject;
  readonly action?: LeafAction;
  readonly repair?: Repair | undefined;
  readonly settled: LiqoObject | undefined;
}

function placeStep({ resource, wanted, found }: Place, before: Settled, uid: string): PlaceStep {
  const key = settledKey(wanted);
  const settled = before.get(key);
  if (found === undefined) {
    const action = { kind: 'create', resource, object: wanted } as const;
    return { key, object: wanted, settled, action, repair: repairOf(settled, wanted, 'gone') };
  }
  if (isTerminating(found) || !isOwnedBy(found, uid)) return { key, object: wanted, settled };
  const operations = differenceOf(wanted, found);
  if (operations.length === 0)
    return { key, object: wanted, settled: goesWithAnother(found, wanted) ? undefined : wanted };
  const repair = repairOf(settled, wanted, operations);
  const action = { kind: 'patch', resource, object: found, operations, undoes: repair !== undefined } as const;
  return { key, object: wanted, settled, action, repair };
}

/** It belongs to a gateway that was there before, and goes by garbage collection: that is nobody's doing. */
function goesWithAnother(found: LiqoObject, wanted: LiqoObject): boolean {
  const [owners, [owner]] = [found.metadata.ownerReferences ?? [], wanted.metadata.ownerReferences ?? []];
  return owner !== undefined && owners.length > 0 && !owners.some(({ uid }) => uid === owner.uid);
}

interface RationedStep extends PlaceStep {
  readonly history: WriteHistory | undefined;
  readonly loop?: RepairLoop;
}

/** With a write only if one is due: whoever changes an object without end must not make us write without end. */
function rationed(
  step: PlaceStep,
  writes: WriteHistories,
  { generation, nowMs }: { readonly generation: number | undefined; readonly nowMs: number },
): RationedStep {
  const { action, repair, ...rest } = step;
  const before = writes.get(step.key);
  if (action === undefined) return withLoop({ ...rest, history: seenRight(before, nowMs) }, generation, nowMs);
  const wrong = seenWrong(before, nowMs);
  if (writeWaitMs(wrong, generation, nowMs) > 0) return withLoop({ ...rest, history: wrong }, generation, nowMs);
  return withLoop({ ...rest, action, repair, history: written(wrong, generation, nowMs) }, generation, nowMs);
}

function withLoop(step: RationedStep, generation: number | undefined, nowMs: number): RationedStep {
  const { history, object } = step;
  if (history?.isLooping !== true || history.generation !== generation) return step;
  return { ...step, loop: { object, by: history.manager, lookAfterMs: nextLookMs(history, nowMs) } };
}

/**
 * Configurations and the server gateway come at once, the client as soon as the server's endpoint is known, a PublicKey
 * as soon as the peer's key is.
 */
export function placesOf(side: Side, peer: Side): Place[] {
  const { leaf, input } = side;
  const uid = input.shortcut.metadata.uid ?? '';
  const places: Place[] = [
    { resource: resources.namespaces, wanted: desiredNamespace(input.shortcut, side.peer), found: side.namespace },
    { resource: resources.configurations, wanted: desiredConfiguration(input), found: side.configuration },
  ];
  if (gatewaysOfWrongRole(side).length > 0) return places;
  const gateway = desiredGateway(side, peer);
  if (gateway !== undefined) {
    const resource = side.role === 'Server' ? resources.gatewayServers : resources.gatewayClients;
    const found: readonly LiqoObject[] = side.role === 'Server' ? leaf.objects.servers : leaf.objects.clients;
    const wanted = withAnnotations(gateway, side.keyOrder);
    places.push({ resource, wanted, found: inPlaceOf(gateway, found, uid) });
  }
  if (side.gateway !== undefined && peer.ownKey !== undefined) {
    const wanted = withAnnotations(desiredPublicKey(input, peer.ownKey, side.gateway), nextKeyOf(peer));
    const found = inPlaceOf(wanted, leaf.objects.publicKeys, uid);
    places.push({ resource: resources.publicKeys, wanted, found });
  }
  return places;
}

function desiredGateway(side: Side, peer: Side): LiqoObject | undefined {
  if (side.role === 'Server') return desiredServer(side.input);
  const endpoint = peer.gateway === undefined ? undefined : readServerEndpoint(peer.gateway);
  return endpoint === undefined ? undefined : desiredClient(side.input, endpoint);
}

const gatewaysOfWrongRole = ({ leaf, role }: Side): readonly LiqoObject[] =>
  role === 'Server' ? leaf.objects.clients : leaf.objects.servers;

/**
 * After a change of roles: Liqo does not route when a remote has gateways of both roles, so the old one goes
 * first. Not while the peer is unread or away: its gateway would stay as it is, and a link that works would be cut for as long.
 */
function removeWrongRole(side: Side, { leaf: peer }: Side, uid: string): PlaceStep[] {
  if (!peer.isRead || peer.unreachable !== undefined) return [];
  return uselessGateways(side)
    .filter(({ object }) => isOwnedBy(object, uid) && !isTerminating(object))
    .map(({ resource, object }) => ({
      key: `delete ${resource.kind}`,
      object,
      settled: undefined,
      action: { kind: 'delete', resource, object },
    }));
}

/**
 * The gateways that have to go before the right one can work: those of the wrong role, and one that was adopted beside
 * such a one, since Liqo gave both the same Deployment and the same key.
 */
export function uselessGateways(side: Side): { readonly resource: LiqoResource; readonly object: LiqoObject }[] {
  const wrong = gatewaysOfWrongRole(side);
  if (wrong.length === 0) return [];
  const { servers, clients } = side.leaf.objects;
  const isUseless = (object: LiqoObject): boolean => wrong.includes(object) || !isMade(object, side);
  return [
    ...servers.filter(isUseless).map((object) => ({ resource: resources.gatewayServers, object })),
    ...clients.filter(isUseless).map((object) => ({ resource: resources.gatewayClients, object })),
  ];
}

/** By this shortcut, from nothing. */
const isMade = (object: LiqoObject, { input }: Side): boolean =>
  isOwnedBy(object, input.shortcut.metadata.uid ?? '') && !isAdopted(object);

/** Our agent puts the key on the gateway: where it runs the leaf, no Secret is ever read. */
function readKeyActions({ gateway, ownKey, isKeyAssumed, input, leaf, peer }: Side): LeafAction[] {
  const isKnown = ownKey !== undefined && !isKeyAssumed;
  if (gateway === undefined || isKnown || input.own.dataPlane === 'Leafway') return [];
  const source = ownKeySource(gateway);
  if (source.kind !== 'secret') return [];
  const { account, objects } = leaf;
  const { namespace, name } = source;
  const binding = account && desiredKeyBinding(input.shortcut, { peer, namespace, account });
  const found = objects.keyBindings.find(({ metadata }) => metadata.namespace === namespace);
  return [{ kind: 'readKey', gateway, secret: { namespace, name }, binding, found }];
}

/** Ours, wherever it is; else what somebody else made under the same name. */
function inPlaceOf(wanted: LiqoObject, objects: readonly LiqoObject[], uid: string): LiqoObject | undefined {
  const { name, namespace } = wanted.metadata;
  return (
    objects.find((object) => isOwnedBy(object, uid)) ??
    objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
  );
}
