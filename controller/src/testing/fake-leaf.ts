import {
  annotationKeys,
  buildClusterIDConfigMap,
  buildConnection,
  buildNetwork,
  type Configuration,
  type Connection,
  encodeProbe,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  type LiqoResource,
  type Network,
  type PublicKey,
  resources,
} from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { answerReview } from './answer-review.ts';
import { aKey, passed } from './world.ts';

/** An API server of a leaf in memory, with what a data plane does by itself: `work` is one round of it. */
export class FakeLeaf {
  readonly id: string;
  readonly api: FakeKubeApi;
  /** What the centre may not do here: `create configurations`. */
  readonly denied = new Set<string>();
  #renewals = 0;

  constructor(id: string) {
    this.id = id;
    this.api = new FakeKubeApi({ cluster: id });
    this.api.review = ({ body }) => answerReview(body, this.denied);
  }

  /** A cluster with our agent, before any link. */
  async install(podCIDR: string): Promise<void> {
    const namespace = (name: string): LiqoObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const name of ['kube-system', 'liqo']) await this.api.create(resources.namespaces, namespace(name));
    await this.api.create(resources.configMaps, buildClusterIDConfigMap({ clusterID: this.id, liqoNamespace: 'liqo' }));
    const networks = [
      { name: 'pod-cidr', type: 'pod', cidr: podCIDR },
      { name: 'external-cidr', type: 'external', cidr: '10.70.0.0/16' },
    ] as const;
    for (const network of networks) {
      const made = await this.api.create<Network>(
        resources.networks,
        buildNetwork({ ...network, liqoNamespace: 'liqo' }),
      );
      await this.#setStatus(resources.networks, made, { cidr: network.cidr });
    }
  }

  /** Names for ranges, endpoints, keys, connections; garbage collection; namespaces that finish deleting. */
  async work(): Promise<void> {
    for (const configuration of await this.#all<Configuration>(resources.configurations))
      await this.#nameRanges(configuration);
    const servers = await this.#all<GatewayServer>(resources.gatewayServers);
    const clients = await this.#all<GatewayClient>(resources.gatewayClients);
    for (const server of servers) {
      const { nodePort, port = 51_840 } = server.spec?.endpoint ?? {};
      const endpoint = { addresses: ['172.30.0.9'], port: nodePort ?? port, protocol: 'UDP' };
      if (server.status?.endpoint?.port !== endpoint.port)
        await this.#setStatus(resources.gatewayServers, server, { endpoint });
    }
    for (const [resource, gateway] of [
      ...servers.map((server) => [resources.gatewayServers, server] as const),
      ...clients.map((client) => [resources.gatewayClients, client] as const),
    ]) {
      await this.#announceKey(resource, gateway);
      await this.#connect(gateway);
    }
    await this.#collectGarbage([...servers, ...clients]);
  }

  /** Another cluster takes the place of this one, at the same address. */
  async becomeAnotherCluster(): Promise<void> {
    this.api.remove(resources.namespaces, { name: 'kube-system' });
    this.api.seed(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
  }

  /** What the ping does every ten seconds. */
  async renewConnections(): Promise<void> {
    this.#renewals += 1;
    for (const connection of await this.#all<Connection>(resources.connections)) {
      const latency = { value: '1ms', timestamp: new Date(this.#renewals * 10_000).toISOString() };
      await this.#setStatus(resources.connections, connection, { value: 'Connected', latency });
    }
  }

  async #nameRanges(configuration: Configuration): Promise<void> {
    const wanted = configuration.metadata.annotations?.['leafway.dev/wanted-cidrs'];
    if (configuration.status !== undefined || wanted === undefined) return;
    await this.#setStatus(resources.configurations, configuration, { remote: { cidr: JSON.parse(wanted) } });
  }

  async #announceKey(resource: LiqoResource, gateway: LiqoObject): Promise<void> {
    if (gateway.metadata.annotations?.['leafway.dev/public-key'] !== undefined) return;
    const { name, namespace, annotations } = gateway.metadata;
    const value = { ...annotations, 'leafway.dev/public-key': aKey(this.id) };
    await this.api.patch(resource, { name, namespace }, [{ op: 'add', path: '/metadata/annotations', value }]);
  }

  async #connect(gateway: GatewayServer | GatewayClient): Promise<void> {
    const { namespace = '', name } = gateway.metadata;
    const key = await this.api.get<PublicKey>(resources.publicKeys, { namespace, name });
    const found = await this.api.get(resources.connections, { namespace, name: `gw-${name}` });
    if (key === undefined || found !== undefined) return;
    const role = gateway.kind === 'GatewayServer' ? 'Server' : 'Client';
    const connection = buildConnection({ remoteClusterID: name, namespace }, { role, gateway });
    connection.metadata.annotations = { [annotationKeys.probe]: encodeProbe(passed) };
    const made = await this.api.create<Connection>(resources.connections, connection);
    await this.#setStatus(resources.connections, made, {
      value: 'Connected',
      latency: { value: '1ms', timestamp: '2026-11-21T10:00:00Z' },
    });
  }

  async #collectGarbage(gateways: readonly LiqoObject[]): Promise<void> {
    const living = new Set(gateways.map(({ metadata }) => metadata.uid));
    for (const resource of [resources.publicKeys, resources.connections]) {
      for (const { metadata } of await this.#all(resource)) {
        const { name, namespace, ownerReferences = [] } = metadata;
        if (ownerReferences.length > 0 && !ownerReferences.some(({ uid }) => living.has(uid))) {
          await this.api.delete(resource, { name, namespace });
        }
      }
    }
  }

  async #all<T extends LiqoObject>(resource: LiqoResource): Promise<T[]> {
    return (await this.api.list<T>(resource)).items;
  }

  async #setStatus(resource: LiqoResource, { metadata }: LiqoObject, status: object): Promise<void> {
    const { name, namespace } = metadata;
    await this.api.patch(resource, { name, namespace }, [{ op: 'add', path: '/status', value: status }], {
      subresource: 'status',
    });
  }
}
