import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { RunningLab } from '@leafway/lab';
import { type AuditedRequest, parseAuditLog } from './audit-log.ts';
import type { FleetLog } from './count-requests.ts';

/** How far the logs of a lab had been written at one moment: by cluster, in bytes. */
export type AuditMark = ReadonlyMap<string, number>;

/** Marks the present ends of all logs, so that a later reading need not begin with the lab. */
export async function markAuditLogs(lab: RunningLab): Promise<AuditMark> {
  return new Map(
    await Promise.all(lab.clusters.map(async (id) => [id, (await stat(auditLogOf(lab, id))).size] as const)),
  );
}

/** Reads what all clusters have logged since a mark. */
export async function readAuditLogs(lab: RunningLab, since: AuditMark): Promise<FleetLog> {
  const read = async (id: string): Promise<readonly [string, readonly AuditedRequest[]]> => {
    const stream = createReadStream(auditLogOf(lab, id), { start: since.get(id) ?? 0 });
    return [id, parseAuditLog(await text(stream))];
  };
  return { centre: lab.centre, requests: new Map(await Promise.all(lab.clusters.map(read))) };
}

const auditLogOf = (lab: RunningLab, cluster: string): string => lab.layout.cluster(cluster).auditLog;
