import { isDeepStrictEqual } from 'node:util';
import type {
  ForeignClusterConnection,
  ForeignClusterConnectionStatus,
  ShortcutStatus,
  VirtualNodeShortcut,
} from '@leafway/core';
import { type Condition, findCondition, setCondition } from '@leafway/reconciler';
import { rfc3339 } from '../rfc3339.ts';
import type { Acceptance, ConnectionPhase } from './conditions.ts';
import type { Connection } from './connection.ts';

/** The status of a connection; that of the first form lacks the networks. */
export type ConnectionStatus = ForeignClusterConnectionStatus;

/** What the status of a connection is made of: the connection, what was decided on it, and its shortcut. */
export interface StatusInput {
  readonly connection: Connection;
  readonly acceptance: Acceptance;
  /** The connection's own shortcut, while there is one. */
  readonly shortcut: VirtualNodeShortcut | undefined;
}

/** The status that a connection shall have. Equal to the one that it has when nothing changed, its time included. */
export function connectionStatus({ connection, acceptance, shortcut }: StatusInput, now: Date): ConnectionStatus {
  const before: ConnectionStatus | undefined = connection.status;
  const conditions = conditionsOf(connection, acceptance, shortcut, now);
  const phase = phaseOf(acceptance, shortcut?.status);
  const ready = findCondition(conditions, 'Ready');
  const isCarriedOut = acceptance.reason === 'Accepted' && saysOf(shortcut, shortcut?.status) !== undefined;
  const observedGeneration = isCarriedOut ? connection.metadata.generation : before?.observedGeneration;
  const status = {
    isConnected: isConnected(shortcut?.status),
    phase,
    ...(phase === 'Failed' ? { errorMessage: ready?.message ?? '' } : {}),
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    conditions,
    ...(connection.kind === 'ForeignClusterConnection' ? networksOf(connection, shortcut?.status) : {}),
  };
  const { lastUpdated, ...rest } = before ?? {};
  return { ...status, lastUpdated: isDeepStrictEqual(rest, status) && lastUpdated ? lastUpdated : rfc3339(now) };
}

/** Only what was said of the present spec of the shortcut counts. */
function saysOf<T extends { observedGeneration?: number }>(
  shortcut: VirtualNodeShortcut | undefined,
  said: T | undefined,
): T | undefined {
  return said !== undefined && said.observedGeneration === shortcut?.metadata.generation ? said : undefined;
}

function conditionsOf(
  { metadata: { generation, deletionTimestamp }, status }: Connection,
  { reason, message }: Acceptance,
  shortcut: VirtualNodeShortcut | undefined,
  now: Date,
): Condition[] {
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const isAccepted = reason === 'Accepted';
  const accepted = { type: 'Accepted', status: isAccepted ? 'True' : 'False', reason, message, ...observed } as const;
  const said = saysOf(shortcut, findCondition(shortcut?.status?.conditions, 'Ready'));
  const verdict = (): Pick<Condition, 'status' | 'reason' | 'message'> => {
    if (deletionTimestamp !== undefined)
      return { status: 'False', reason: 'Deleting', message: 'the VirtualNodeShortcut is being removed' };
    if (!isAccepted) return { status: 'False', reason: 'NotAccepted', message };
    if (said === undefined)
      return { status: 'Unknown', reason: 'Waiting', message: 'the VirtualNodeShortcut is not looked at yet' };
    return { status: said.status, reason: said.reason, message: said.message };
  };
  const known = setCondition(status?.conditions ?? [], accepted, now);
  return setCondition(known, { type: 'Ready', ...verdict(), ...observed }, now);
}

/** Packets count, not intentions: a link whose spec was just changed, or is refused now, is as connected as it was. */
const isConnected = (status: ShortcutStatus | undefined): boolean =>
  findCondition(status?.conditions, 'Connected')?.status === 'True';

function phaseOf({ reason }: Acceptance, status: ShortcutStatus | undefined): ConnectionPhase {
  if (reason === 'NameTaken' || reason === 'Refused') return 'Failed';
  if (isConnected(status)) return 'Connected';
  if (reason !== 'Accepted') return 'Pending';
  if (status?.phase === 'Refused' || status?.phase === 'Degraded') return 'Failed';
  return status?.phase === 'Connecting' ? 'Connecting' : 'Pending';
}

/** What each cluster sees of the other, as the Foreign Cluster Connector has it: of several ranges the first. */
function networksOf(
  { spec: { foreignClusterA, foreignClusterB } }: ForeignClusterConnection,
  status: ShortcutStatus | undefined,
): Pick<ConnectionStatus, 'foreignClusterANetworking' | 'foreignClusterBNetworking'> {
  const seen = (id: string): NonNullable<ConnectionStatus['foreignClusterANetworking']> => {
    const cluster = status?.clusters?.find((one) => one.id === id);
    const [podCIDR] = cluster?.podCIDRs ?? [];
    const [remappedPodCIDR] = cluster?.remappedPodCIDRs ?? [];
    return { ...(podCIDR && { podCIDR }), ...(remappedPodCIDR && { remappedPodCIDR }) };
  };
  return { foreignClusterANetworking: seen(foreignClusterB), foreignClusterBNetworking: seen(foreignClusterA) };
}
