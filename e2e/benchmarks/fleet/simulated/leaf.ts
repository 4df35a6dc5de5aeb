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
  type Probe,
  type PublicKey,
  resources,
} from '@leafway/liqo';
import type { Clock } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';

const ranges = [
  { name: 'pod-cidr', type: 'pod', cidr: '10.244.0.0/16' },
  { name: 'external-cidr', type: 'external', cidr: '10.70.0.0/16' },
] as const;
const liqoNamespace = 'liqo';
const passed: Probe = { small: 'Passed', large: 'Passed', mtu: 1340 };

/**
 * A leaf with an API server in memory, and with what a data plane does there: it answers each object that a link consists of
 * as soon as it sees it, in the order in which they come.
 */
export class SimulatedLeaf {
  readonly id: string;
  readonly server: FakeKubeApi;
  readonly #clock: Clock;

  constructor(id: string, clock: Clock) {
    this.id = id;
    this.#clock = clock;
    this.server = new FakeKubeApi({ cluster: id, clock });
    this.server.review = ({ body }) => answerReview(body as LiqoObject);
    for (const name of ['kube-system', liqoNamespace]) {
      this.server.seed<LiqoObject>(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    this.server.seed(resources.configMaps, buildClusterIDConfigMap({ clusterID: id, liqoNamespace }));
    for (const range of ranges) {
      const network = buildNetwork({ ...range, liqoNamespace });
      this.server.seed<Network>(resources.networks, { ...network, status: { cidr: range.cidr } });
    }
  }

  /** Answers what is written from now on. */
  start(): void {
    const { configurations, gatewayServers, gatewayClients, publicKeys } = resources;
    void this.#follow<Configuration>(configurations, (configuration) => this.#nameRanges(configuration));
    void this.#follow<GatewayServer>(
      gatewayServers,
      (gateway) => this.#announce(gatewayServers, gateway),
      this.#collect,
    );
    void this.#follow<GatewayClient>(
      gatewayClients,
      (gateway) => this.#announce(gatewayClients, gateway),
      this.#collect,
    );
    void this.#follow<PublicKey>(publicKeys, (key) => this.#connect(key));
  }

  /** What the pings do: every Connection says anew that it lives. Returns how many there are. */
  renewConnections(): number {
    const latency = this.#latency();
    const all = this.server.objects<Connection>(resources.connections);
    for (const { metadata } of all) {
      this.server.edit<Connection>(resources.connections, metadata, (draft) => {
        draft.status = { value: 'Connected', latency };
      });
    }
    return all.length;
  }

  #latency() {
    return { value: '1ms', timestamp: this.#clock.now().toISOString() };
  }

  async #follow<T extends LiqoObject>(
    resource: LiqoResource,
    onObject: (object: T) => void,
    onGone?: (object: T) => void,
  ): Promise<void> {
    // Another client of the same server: what is done to the controller's connection leaves it alone.
    const api = new FakeKubeApi({ sameServerAs: this.server });
    for await (const event of api.watch<T>(resource, { sendInitialEvents: true })) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') onGone?.(event.object);
      else onObject(event.object);
    }
  }

  #nameRanges({ metadata, status }: Configuration): void {
    const wanted = metadata.annotations?.[annotationKeys.wantedCIDRs];
    if (status !== undefined || wanted === undefined) return;
    this.server.edit<Configuration>(resources.configurations, metadata, (draft) => {
      draft.status = { remote: { cidr: JSON.parse(wanted) } };
    });
  }

  #announce(resource: LiqoResource, gateway: GatewayServer | GatewayClient): void {
    if (gateway.metadata.annotations?.[annotationKeys.publicKey] !== undefined) return;
    this.server.edit<GatewayServer>(resource, gateway.metadata, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [annotationKeys.publicKey]: keyOf(this.id) };
      if (gateway.kind !== 'GatewayServer') return;
      draft.status = { ...draft.status, endpoint: { addresses: ['172.30.0.9'], port: 51_840, protocol: 'UDP' } };
    });
  }

  #connect({ metadata: { namespace = '', name } }: PublicKey): void {
    const ref = { namespace, name };
    const gateway =
      this.server.object<GatewayServer>(resources.gatewayServers, ref) ??
      this.server.object<GatewayClient>(resources.gatewayClients, ref);
    if (gateway === undefined) return;
    const role = gateway.kind === 'GatewayServer' ? 'Server' : 'Client';
    const connection = buildConnection({ remoteClusterID: name, namespace }, { role, gateway });
    if (this.server.object(resources.connections, connection.metadata) !== undefined) return;
    connection.metadata.annotations = { [annotationKeys.probe]: encodeProbe(passed) };
    const status = { value: 'Connected', latency: this.#latency() } as const;
    this.server.seed<Connection>(resources.connections, { ...connection, status });
  }

  /** What Kubernetes' garbage collection does. */
  readonly #collect = ({ metadata: { uid } }: LiqoObject): void => {
    for (const resource of [resources.publicKeys, resources.connections]) {
      for (const { metadata } of this.server.objects<LiqoObject>(resource)) {
        if (metadata.ownerReferences?.some((owner) => owner.uid === uid)) this.server.remove(resource, metadata);
      }
    }
  };
}

/** 32 bytes that differ from leaf to leaf. */
const keyOf = (seed: string): string => Buffer.alloc(32, seed).toString('base64');

/** The centre may do everything. */
function answerReview(body: LiqoObject): LiqoObject | undefined {
  if (body.kind !== 'SelfSubjectRulesReview') return undefined;
  const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
  return { ...body, ...{ status: { resourceRules } } };
}
