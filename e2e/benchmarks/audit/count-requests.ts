import type { AuditedRequest } from './audit-log.ts';

/** What one kind of process of a fleet is called in the audit logs, by the rights that it has. */
export interface Actor {
  /** Its user in the central cluster; absent when it has no business there. */
  readonly atCentre?: string;
  /** Its user in a leaf. */
  readonly atLeaf?: string;
}

const account = (name: string): string => `system:serviceaccount:leafway-system:${name}`;

/** The processes whose requests are told apart. The controller is another user on the leaves than at the centre. */
export const actors = {
  controller: { atCentre: account('leafway-controller'), atLeaf: account('leafway-centre') },
  webhook: { atCentre: account('leafway-webhook') },
  agents: { atCentre: account('leafway-agent'), atLeaf: account('leafway-agent') },
} as const satisfies Record<string, Actor>;

/** The audit logs of a fleet. */
export interface FleetLog {
  readonly centre: string;
  /** By cluster. */
  readonly requests: ReadonlyMap<string, readonly AuditedRequest[]>;
}

/** Milliseconds since 1970; the end is not part of it. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How often one request was made. */
export interface RequestRow {
  readonly cluster: string;
  readonly verb: string;
  readonly resource: string;
  readonly count: number;
}

/** The requests of one actor in one window. Watches and leases are beside the count, but not out of sight. */
export interface RequestCount {
  readonly total: number;
  /** Of these, the ones that change something on a leaf, whether they succeeded or not. */
  readonly writesOnLeaves: number;
  readonly rows: readonly RequestRow[];
  /** Watches that were opened. A list before a watch is a request, and in `total`. */
  readonly watches: number;
  /** Requests about leases. */
  readonly leases: number;
}

const reads: ReadonlySet<string> = new Set(['get', 'list']);

/**
 * Counts what an actor asked of all clusters in a window, by when the servers received it: every request but watches
 * and leases, refused ones included.
 */
export function countRequests(log: FleetLog, actor: Actor, { fromMs, toMs }: TimeWindow): RequestCount {
  const made = [...log.requests].flatMap(([cluster, requests]) => {
    const user = cluster === log.centre ? actor.atCentre : actor.atLeaf;
    return requests
      .filter((request) => request.user === user && request.receivedMs >= fromMs && request.receivedMs < toMs)
      .map((request) => ({ ...request, cluster }));
  });
  const watches = made.filter(({ verb }) => verb === 'watch');
  const leases = made.filter(({ verb, resource }) => verb !== 'watch' && resource === 'leases');
  const counted = made.filter(({ verb, resource }) => verb !== 'watch' && resource !== 'leases');
  return {
    total: counted.length,
    writesOnLeaves: counted.filter(({ cluster, verb }) => cluster !== log.centre && !reads.has(verb)).length,
    rows: tally(counted),
    watches: watches.length,
    leases: leases.length,
  };
}

function tally(requests: readonly Omit<RequestRow, 'count'>[]): RequestRow[] {
  const rows = new Map<string, RequestRow>();
  for (const { cluster, verb, resource } of requests) {
    const key = `${cluster} ${verb} ${resource}`;
    rows.set(key, { cluster, verb, resource, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/**
 * When the centre received the write that made a shortcut Ready: the last one to its status before somebody saw it
 * Ready. `undefined` while the log does not have it.
 */
export function readyWriteMs(log: FleetLog, name: string, seenReadyMs: number): number | undefined {
  const writes = (log.requests.get(log.centre) ?? []).filter(
    (request) =>
      request.user === actors.controller.atCentre &&
      request.resource === 'virtualnodeshortcuts/status' &&
      request.name === name &&
      request.receivedMs <= seenReadyMs,
  );
  return writes.length === 0 ? undefined : Math.max(...writes.map(({ receivedMs }) => receivedMs));
}

/** When the centre received the request that created a shortcut: the last one, where there were several of that name. */
export function createdMs(log: FleetLog, name: string): number | undefined {
  const creates = (log.requests.get(log.centre) ?? []).filter(
    (request) => request.verb === 'create' && request.resource === 'virtualnodeshortcuts' && request.name === name,
  );
  return creates.at(-1)?.receivedMs;
}
