import { isDeepStrictEqual } from 'node:util';
import {
  annotationKeys,
  buildConnection,
  type Configuration,
  encodeProbe,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  type LiqoResource,
  type Probe,
  type PublicKey,
  resources,
} from '@leafway/liqo';
import {
  type Clock,
  escapePointer,
  isApiError,
  type JsonPatchOperation,
  type KubeApi,
  type ObjectRef,
  sleep,
} from '@leafway/reconciler';

const passed: Probe = { small: 'Passed', large: 'Passed', mtu: 1340 };
/** How often a Connection says that it lives. */
const pingMs = 10_000;

/**
 * What a data plane answers on one leaf, without one: it completes each object that a link consists of as soon as it sees it,
 * in the order in which they come. Through the API alone, so that the server may be a real one.
 */
export class DataPlane {
  readonly #id: string;
  readonly #api: KubeApi;
  readonly #clock: Clock;
  readonly #connections = new Map<string, ObjectRef>();

  /** `api` is the leaf's, for nobody else to break or count. */
  constructor(id: string, api: KubeApi, clock: Clock) {
    this.#id = id;
    this.#api = api;
    this.#clock = clock;
  }

  /** Answers what there is, and what is written until the signal aborts. Rejects when the server does not let it. */
  async run(signal: AbortSignal): Promise<void> {
    const { configurations, gatewayServers, gatewayClients, publicKeys, connections } = resources;
    await Promise.all([
      this.#follow<Configuration>(configurations, (found) => this.#nameRanges(found), signal),
      this.#follow<GatewayServer>(gatewayServers, (found) => this.#announce(gatewayServers, found), signal),
      this.#follow<GatewayClient>(gatewayClients, (found) => this.#announce(gatewayClients, found), signal),
      this.#follow<PublicKey>(publicKeys, (found) => this.#connect(found), signal),
      this.#follow<LiqoObject>(connections, async () => undefined, signal),
    ]);
  }

  /** What the pings do: every Connection says anew that it lives. Returns how many there are. */
  async renewConnections(): Promise<number> {
    const refs = [...this.#connections.values()];
    for (const ref of refs) {
      const renewal = { op: 'add', path: '/status/latency', value: this.#latency() } as const;
      await this.#patch(resources.connections, ref, [renewal], 'status');
    }
    return refs.length;
  }

  async #follow<T extends LiqoObject>(
    resource: LiqoResource,
    onObject: (object: T) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for await (const event of this.#api.watch<T>(resource, { sendInitialEvents: true, signal })) {
        if (event.type === 'DELETED') this.#connections.delete(event.object.metadata.uid ?? '');
        else if (event.type !== 'BOOKMARK') await onObject(event.object);
      }
    } catch (error) {
      if (!isApiError(error, 'Aborted')) throw error;
    }
  }

  async #nameRanges({ metadata, status }: Configuration): Promise<void> {
    const wanted = metadata.annotations?.[annotationKeys.wantedCIDRs];
    if (wanted === undefined) return;
    const value = { remote: { cidr: JSON.parse(wanted) as object } };
    if (isDeepStrictEqual(status?.remote?.cidr, value.remote.cidr)) return;
    await this.#patch(resources.configurations, metadata, [{ op: 'add', path: '/status', value }], 'status');
  }

  async #announce(resource: LiqoResource, gateway: GatewayServer | GatewayClient): Promise<void> {
    if (gateway.metadata.annotations?.[annotationKeys.publicKey] !== undefined) return;
    if (gateway.kind === 'GatewayServer') {
      const value = { endpoint: { addresses: ['172.30.0.9'], port: 51_840, protocol: 'UDP' } };
      await this.#patch(resource, gateway.metadata, [{ op: 'add', path: '/status', value }], 'status');
    }
    const path = `/metadata/annotations/${escapePointer(annotationKeys.publicKey)}`;
    await this.#patch(resource, gateway.metadata, [{ op: 'add', path, value: keyOf(this.#id) }]);
  }

  async #connect({ metadata: { namespace = '', name } }: PublicKey): Promise<void> {
    const ref = { namespace, name };
    const gateway =
      (await this.#api.get<GatewayServer>(resources.gatewayServers, ref)) ??
      (await this.#api.get<GatewayClient>(resources.gatewayClients, ref));
    if (gateway === undefined) return;
    const role = gateway.kind === 'GatewayServer' ? 'Server' : 'Client';
    const connection = buildConnection({ remoteClusterID: name, namespace }, { role, gateway });
    connection.metadata.annotations = { [annotationKeys.probe]: encodeProbe(passed) };
    try {
      const { metadata } = await this.#api.create(resources.connections, connection);
      const value = { value: 'Connected', latency: this.#latency() };
      await this.#patch(resources.connections, metadata, [{ op: 'add', path: '/status', value }], 'status');
      this.#connections.set(metadata.uid ?? '', { namespace, name: metadata.name });
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error;
    }
  }

  /** What was deleted meanwhile needs no answer, and a server that was made to hang gets none. */
  async #patch(
    resource: LiqoResource,
    { namespace, name }: ObjectRef,
    operations: readonly JsonPatchOperation[],
    subresource?: 'status',
  ): Promise<void> {
    try {
      await this.#api.patch(resource, { namespace, name }, operations, { subresource });
    } catch (error) {
      if (!isApiError(error, 'NotFound') && !isApiError(error, 'Unavailable')) throw error;
    }
  }

  #latency() {
    return { value: '1ms', timestamp: this.#clock.now().toISOString() };
  }
}

/**
 * Lets all Connections say that they live, each every ten seconds as the pings of real gateways do, leaf after leaf, until the
 * signal aborts. Resolves with how often one said so.
 */
export async function keepAlive(leaves: readonly DataPlane[], clock: Clock, signal: AbortSignal): Promise<number> {
  const pinging = leaves.map(async (leaf, index) => {
    let renewed = 0;
    await sleep(clock, (index / leaves.length) * pingMs, signal);
    while (!signal.aborted) {
      renewed += await leaf.renewConnections();
      await sleep(clock, pingMs, signal);
    }
    return renewed;
  });
  return (await Promise.all(pinging)).reduce((sum, renewed) => sum + renewed, 0);
}

/** 32 bytes that differ from leaf to leaf. */
const keyOf = (seed: string): string => Buffer.alloc(32, seed).toString('base64');
