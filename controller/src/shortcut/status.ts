import { isDeepStrictEqual } from 'node:util';
import type { Condition, ShortcutClusterStatus, ShortcutStatus, VirtualNodeShortcut } from '@leafway/core';
import {
  apiVersionOf,
  formatEndpoint,
  type GatewayServer,
  type LiqoObject,
  readClientEndpoint,
  readConnection,
  readServerEndpoint,
  resources,
} from '@leafway/liqo';
import { findCondition, setCondition } from '@leafway/reconciler';
import { rfc3339 } from '../rfc3339.ts';
import { conditionTypes, type Phase, type Verdict } from './conditions.ts';
import type { Decision } from './decide.ts';
import { isAdopted } from './existing/adopt.ts';
import { isOwnedBy } from './observation.ts';
import { hasWorked } from './readiness.ts';
import { repairMessage } from './repair.ts';
import type { Side, Sides } from './side.ts';

/**
 * The status that follows from a decision. Nothing in it moves while nothing happens: times only with a condition's
 * status, the latency only with the state of its Connection. An unchanged world writes nothing.
 */
export function statusOf(shortcut: VirtualNodeShortcut, decision: Decision, now: Date): ShortcutStatus {
  const { generation } = shortcut.metadata;
  const before = shortcut.status;
  const carriedOut = decision.unfinished === true ? before?.observedGeneration : generation;
  const conditions = decision.verdicts.reduce<readonly Condition[]>(
    (list, verdict) =>
      setCondition(list, { ...verdict, ...observed(isPromise(verdict) ? carriedOut : generation) }, now),
    withoutVanished(before?.conditions ?? [], decision.verdicts),
  );
  const known = decision.lost === true ? undefined : before?.clusters;
  const clusters =
    decision.sides === undefined ? known : clustersOf(decision.sides, decision.roleReason ?? '', shortcut);
  const objects = decision.sides === undefined ? before?.objects : objectsOf(decision.sides, before?.objects ?? []);
  const keyRotation = decision.keyRotation === undefined ? before?.keyRotation : decision.keyRotation.status;
  const lastRepair = lastRepairOf(decision.repairs, now) ?? before?.lastRepair;
  return {
    ...observed(carriedOut),
    phase: phaseOf(shortcut, decision.verdicts),
    conditions: [...conditions],
    ...(lastRepair === undefined ? {} : { lastRepair }),
    ...(keyRotation === undefined ? {} : { keyRotation }),
    ...(clusters === undefined ? {} : { clusters }),
    ...(objects === undefined ? {} : { objects }),
  };
}

const observed = (generation: number | undefined): { observedGeneration?: number } =>
  generation === undefined ? {} : { observedGeneration: generation };

/** Whoever waits for Ready after a change waits until the change is carried out. */
const isPromise = ({ type, status }: Verdict): boolean => type === 'Ready' && status === 'True';

/** Steps on the way are written no more often than this: a link comes up in less, and each write costs. */
const progressIntervalMs = 300;

/** Whatever happens on the leaves, a status is written no more than so often in a minute, and then every five seconds. */
export const mostStatusWrites = 60;
const [minuteMs, slowIntervalMs] = [60_000, 5_000];

/**
 * How long a change of the status can wait; `writtenMs`: when the last ones were written, `mostStatusWrites` of them. Zero
 * for what people and machines wait for: acceptance, readiness, a phase, a repair, a generation carried out.
 */
export function statusDelayMs(
  before: ShortcutStatus | undefined,
  after: ShortcutStatus,
  writtenMs: readonly number[],
  nowMs: number,
): number {
  const sinceLastMs = nowMs - (writtenMs.at(-1) ?? Number.NEGATIVE_INFINITY);
  const isTooOften = writtenMs.length >= mostStatusWrites && nowMs - (writtenMs[0] ?? 0) < minuteMs;
  if (isTooOften) return Math.max(0, slowIntervalMs - sinceLastMs);
  // Of a new shortcut people await the link, not that all was begun.
  const isNew = before?.observedGeneration === undefined;
  const isCarriedOut = !isNew && before.observedGeneration !== after.observedGeneration;
  const isProgress = !isCarriedOut && isDeepStrictEqual(milestonesOf(before), milestonesOf(after));
  return isProgress ? Math.max(0, progressIntervalMs - sinceLastMs) : 0;
}

function milestonesOf(status: ShortcutStatus | undefined): unknown {
  const { phase, lastRepair, keyRotation, conditions = [] } = status ?? {};
  const verdicts = ['Accepted', 'Ready'].map((type) => {
    const found = findCondition(conditions, type);
    return [found?.status, found?.reason];
  });
  return [phase, lastRepair, keyRotation?.lastTime, verdicts];
}

function lastRepairOf(repairs: Decision['repairs'], now: Date): ShortcutStatus['lastRepair'] {
  const last = [...repairs].flatMap(([cluster, found]) => found.map((repair) => ({ cluster, repair }))).at(-1);
  if (last === undefined) return undefined;
  const { cluster, repair } = last;
  const { kind, metadata } = repair.object;
  return {
    time: rfc3339(now),
    cluster,
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
    ...(repair.by === undefined ? {} : { fieldManager: repair.by }),
    message: repairMessage(repair, cluster).slice(0, 1024),
  };
}

/**
 * While a shortcut is deleted only `Ready` is judged; what else stood there is kept as it was. So are conditions of
 * others: an apply could not take them away, and to try it would be to write for ever.
 */
function withoutVanished(conditions: readonly Condition[], verdicts: readonly Verdict[]): readonly Condition[] {
  const deleting = verdicts.length === 1;
  const isOurs = (type: string): boolean => conditionTypes.some((ours) => ours === type);
  const isJudged = (type: string): boolean => verdicts.some((verdict) => verdict.type === type);
  return deleting ? conditions : conditions.filter(({ type }) => isJudged(type) || !isOurs(type));
}

/** Reasons of `Accepted` that nobody has to change the shortcut for. */
const goesOnByItself: ReadonlySet<string | undefined> = new Set(['FactsUnknown', 'CleanupPending']);

function phaseOf(shortcut: VirtualNodeShortcut, verdicts: readonly Verdict[]): Phase {
  const find = (type: Verdict['type']): Verdict | undefined => verdicts.find((verdict) => verdict.type === type);
  const ready = find('Ready');
  if (shortcut.metadata.deletionTimestamp !== undefined) return 'Deleting';
  if (ready?.reason === 'Paused') return 'Paused';
  const accepted = find('Accepted');
  if (accepted?.status !== 'True') return goesOnByItself.has(accepted?.reason) ? 'Waiting' : 'Refused';
  if (ready?.status === 'True') return 'Ready';
  return hasWorked(shortcut.status?.phase) || ready?.reason === 'Degraded' ? 'Degraded' : 'Connecting';
}

function clustersOf(
  [a, b]: Sides,
  roleReason: string,
  shortcut: VirtualNodeShortcut,
): [ShortcutClusterStatus, ShortcutClusterStatus] {
  return [clusterOf(a, b, roleReason, shortcut), clusterOf(b, a, roleReason, shortcut)];
}

function clusterOf(side: Side, peer: Side, roleReason: string, shortcut: VirtualNodeShortcut): ShortcutClusterStatus {
  const { own } = side.input;
  const names = peer.reading?.ready ? peer.reading : undefined;
  const before = shortcut.status?.clusters?.find(({ id }) => id === side.leaf.id);
  return {
    id: side.leaf.id,
    role: side.role,
    roleReason,
    podCIDRs: own.pod.map(({ text }) => text),
    externalCIDRs: own.external.map(({ text }) => text),
    ...(names === undefined
      ? {}
      : {
          remappedPodCIDRs: names.pod.map(({ name }) => name.text),
          remappedExternalCIDRs: names.external.map(({ name }) => name.text),
        }),
    ...gatewayOf(side),
    ...connectionOf(side, before),
  };
}

function gatewayOf({ gateway, role }: Side): Pick<ShortcutClusterStatus, 'gateway'> {
  if (gateway === undefined) return {};
  const endpoint = role === 'Server' ? readServerEndpoint(gateway as GatewayServer) : readClientEndpoint(gateway);
  return {
    gateway: {
      namespace: gateway.metadata.namespace ?? '',
      name: gateway.metadata.name,
      ...(endpoint === undefined ? {} : { endpoint: formatEndpoint(endpoint) }),
    },
  };
}

function connectionOf(
  side: Side,
  before: ShortcutClusterStatus | undefined,
): Pick<ShortcutClusterStatus, 'connection'> {
  if (side.connection === undefined) return {};
  const { value, latency } = readConnection(side.connection.object);
  if (value === undefined) return {};
  const known = before?.connection?.status === value ? before.connection.latency : undefined;
  const shown = known ?? latency;
  return { connection: { status: value, ...(shown === undefined ? {} : { latency: shown }) } };
}

type ReportedObjects = NonNullable<ShortcutStatus['objects']>;

/** On each leaf: the status holds 64 in all, and a leaf may have any number under the labels of a link. */
const mostReported = 32;

/** What there is; for a leaf that was not read since this process started, what was said before. */
function objectsOf(sides: Sides, before: ReportedObjects): ReportedObjects {
  return sides.flatMap(({ leaf, input }) => {
    if (!leaf.isRead) return before.filter(({ cluster }) => cluster === leaf.id);
    const { namespaces, configurations, servers, clients, publicKeys, keyBindings } = leaf.objects;
    const uid = input.shortcut.metadata.uid ?? '';
    const found = [
      ...namespaces.map((object) => ({ resource: resources.namespaces, object })),
      ...configurations.map((object) => ({ resource: resources.configurations, object })),
      ...servers.map((object) => ({ resource: resources.gatewayServers, object })),
      ...clients.map((object) => ({ resource: resources.gatewayClients, object })),
      ...publicKeys.map((object) => ({ resource: resources.publicKeys, object })),
      ...keyBindings.map((object) => ({ resource: resources.roleBindings, object })),
    ];
    return found.slice(0, mostReported).map(({ resource, object }) => ({
      cluster: leaf.id,
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
      origin: originOf(object, uid),
    }));
  });
}

function originOf(object: LiqoObject, uid: string): ReportedObjects[number]['origin'] {
  if (!isOwnedBy(object, uid)) return 'Observed';
  return isAdopted(object) ? 'Adopted' : 'Created';
}
