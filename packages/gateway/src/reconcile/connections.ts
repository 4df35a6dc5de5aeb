import { isDeepStrictEqual } from 'node:util';
import {
  annotationKeys,
  buildConnection,
  type Connection,
  encodeProbe,
  formatLatency,
  gatewayResourceName,
  resources,
} from '@leafway/liqo';
import { done, type JsonPatchOperation, type KubeApi, type Outcome, type ReconcileContext } from '@leafway/reconciler';
import type { Caches } from './caches.ts';
import { type Gateway, gatewayTowards, mtuOf } from './gateway-objects.ts';
import type { Link, Links } from './links.ts';
import type { Writer } from './writes.ts';

export interface ConnectionsDeps {
  readonly api: KubeApi;
  readonly caches: Caches;
  readonly writer: Writer<Connection>;
  readonly links: Links;
}

/**
 * Tells how the tunnel to a remote cluster does, in the Connection of its gateway (as in Liqo 1.2). There is
 * none before the peer's key was processed, and it goes with the gateway, whose property it is.
 */
export function createConnectionReconciler({ api, caches, writer, links }: ConnectionsDeps) {
  return async (remoteClusterID: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const gateway = gatewayTowards(caches, remoteClusterID);
    const link = links.get(remoteClusterID);
    if (gateway === undefined || link === undefined || link.gatewayUID !== gateway.object.metadata.uid) return done();
    const found = await ensureConnection(remoteClusterID, gateway, signal);
    const connection = await writer.setStatus(found, connectionStatus(found.status, link), signal);
    const probe = connectionProbe(connection.metadata.annotations?.[annotationKeys.probe], link, mtuOf(gateway));
    await writer.setAnnotations(connection, { [annotationKeys.probe]: probe }, signal);
    return done();
  };

  async function ensureConnection(remoteClusterID: string, gateway: Gateway, signal: AbortSignal): Promise<Connection> {
    const { namespace = '', name, uid } = gateway.object.metadata;
    const ref = { namespace, name: gatewayResourceName(name) };
    const found = caches.connections.get(`${ref.namespace}/${ref.name}`);
    const wanted = buildConnection({ remoteClusterID, namespace }, { role: gateway.role, gateway: gateway.object });
    if (found?.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return repair(found, wanted, signal);
    // It tells of a gateway of the same name that is gone.
    if (found !== undefined) await api.delete(resources.connections, ref, { uid: found.metadata.uid, signal });
    return writer.create(wanted, signal);
  }

  /** Brings back what somebody else changed; what others added stays. */
  async function repair(found: Connection, wanted: Connection, signal: AbortSignal): Promise<Connection> {
    const labels = { ...found.metadata.labels, ...wanted.metadata.labels };
    const operations: JsonPatchOperation[] = [];
    if (!isDeepStrictEqual(found.metadata.labels, labels))
      operations.push({ op: 'add', path: '/metadata/labels', value: labels });
    if (!isDeepStrictEqual(found.spec, wanted.spec)) operations.push({ op: 'add', path: '/spec', value: wanted.spec });
    return operations.length === 0 ? found : writer.patch(found, operations, signal);
  }
}

/**
 * The status that the pings ask for; before the first of them the status stays, so that a restart of the agent does not
 * make a healthy link look broken. Of a new peer it says nothing.
 */
function connectionStatus(before: Connection['status'], { ping, isNew }: Link): NonNullable<Connection['status']> {
  if (ping === undefined) return isNew || before?.value === undefined ? { value: 'Connecting' } : before;
  if (ping.value === 'Error') return { value: 'Error', latency: { value: formatLatency(0) } };
  const timestamp = ping.at.toISOString().replace(/\.\d+Z$/, 'Z');
  return { value: 'Connected', latency: { value: formatLatency(ping.latencyMs ?? 0), timestamp } };
}

/** The result of the probes, by the same rules; through a tunnel that is down none passes. */
function connectionProbe(before: string | undefined, link: Link, mtu: number): string | undefined {
  if (link.ping?.value === 'Error') return encodeProbe({ small: 'Failed', large: 'Failed', mtu });
  if (link.probe !== undefined) return encodeProbe(link.probe);
  return link.isNew || link.isProbeVoid ? undefined : before;
}
