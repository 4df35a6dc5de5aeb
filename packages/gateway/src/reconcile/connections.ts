import { buildConnection, type Connection, formatLatency, gatewayResourceName, resources } from '@leafway/liqo';
import { done, type KubeApi, type Outcome, type ReconcileContext } from '@leafway/reconciler';
import type { PingReport } from '../ping/session.ts';
import type { Caches } from './caches.ts';
import { type Gateway, gatewayTowards } from './gateway-objects.ts';
import type { Links } from './links.ts';
import type { Writer } from './writes.ts';

export interface ConnectionsDeps {
  readonly api: KubeApi;
  readonly caches: Caches;
  readonly writer: Writer<Connection>;
  readonly links: Links;
}

/**
 * Tells how the tunnel to a remote cluster does, in the Connection of its gateway (contract, section 7.1). There is
 * none before the peer's key was processed, and it goes with the gateway, whose property it is.
 */
export function createConnectionReconciler({ api, caches, writer, links }: ConnectionsDeps) {
  return async (remoteClusterID: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const gateway = gatewayTowards(caches, remoteClusterID);
    if (gateway === undefined || links.gatewayUID(remoteClusterID) !== gateway.object.metadata.uid) return done();
    const connection = await ensureConnection(remoteClusterID, gateway, signal);
    await writer.setStatus(connection, connectionStatus(connection.status, links.latest(remoteClusterID)), signal);
    return done();
  };

  async function ensureConnection(remoteClusterID: string, gateway: Gateway, signal: AbortSignal): Promise<Connection> {
    const { namespace = '', name, uid } = gateway.object.metadata;
    const ref = { namespace, name: gatewayResourceName(name) };
    const found = caches.connections.get(`${ref.namespace}/${ref.name}`);
    if (found?.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return found;
    // It tells of a gateway of the same name that is gone.
    if (found !== undefined) await api.delete(resources.connections, ref, { uid: found.metadata.uid, signal });
    return writer.create(
      buildConnection({ remoteClusterID, namespace }, { role: gateway.role, gateway: gateway.object }),
      signal,
    );
  }
}

/**
 * The status that a report asks for; without one the status stays, so that a restart of the agent does not make a
 * healthy link look broken.
 */
export function connectionStatus(
  before: Connection['status'],
  report: (PingReport & { readonly at: Date }) | undefined,
): NonNullable<Connection['status']> {
  if (report === undefined) return before?.value === undefined ? { ...before, value: 'Connecting' } : before;
  if (report.value === 'Error') return { value: 'Error', latency: { value: formatLatency(0) } };
  const timestamp = report.at.toISOString().replace(/\.\d+Z$/, 'Z');
  return { value: 'Connected', latency: { value: formatLatency(report.latencyMs ?? 0), timestamp } };
}
