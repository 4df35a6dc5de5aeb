import { buildClusterIDConfigMap, buildNetwork, type LiqoObject, type Network, resources } from '@leafway/liqo';
import type { Clock } from '@leafway/reconciler';
import { FakeKubeApi, type FakeSnapshot } from '@leafway/reconciler/testing';
import { DataPlane } from '../data-plane.ts';

const ranges = [
  { name: 'pod-cidr', type: 'pod', cidr: '10.244.0.0/16' },
  { name: 'external-cidr', type: 'external', cidr: '10.70.0.0/16' },
] as const;
const liqoNamespace = 'liqo';

/** A leaf with an API server in memory. */
export class SimulatedLeaf {
  readonly server: FakeKubeApi;
  readonly dataPlane: DataPlane;

  /** Without a `snapshot` a cluster before any link. */
  constructor(id: string, clock: Clock, snapshot: FakeSnapshot | undefined) {
    this.server = new FakeKubeApi({ cluster: id, clock });
    this.server.review = ({ body }) => answerReview(body as LiqoObject);
    if (snapshot === undefined) this.#install(id);
    else this.server.restore(snapshot);
    // Another client of the same server: what is done to the controller's connection leaves it alone.
    this.dataPlane = new DataPlane(id, this.#client(), clock);
  }

  #install(id: string): void {
    for (const name of ['kube-system', liqoNamespace]) {
      this.server.seed<LiqoObject>(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    this.server.seed(resources.configMaps, buildClusterIDConfigMap({ clusterID: id, liqoNamespace }));
    for (const range of ranges) {
      const network = buildNetwork({ ...range, liqoNamespace });
      this.server.seed<Network>(resources.networks, { ...network, status: { cidr: range.cidr } });
    }
  }

  /** Does what is done on a leaf, for as long as the process lives. */
  async run(): Promise<void> {
    const { gatewayServers, gatewayClients } = resources;
    await Promise.all([
      this.dataPlane.run(new AbortController().signal),
      ...[gatewayServers, gatewayClients].map(async (resource) => {
        for await (const event of this.#client().watch<LiqoObject>(resource, { sendInitialEvents: true })) {
          if (event.type === 'DELETED') this.#collect(event.object);
        }
      }),
    ]);
  }

  #client(): FakeKubeApi {
    const client = new FakeKubeApi({ sameServerAs: this.server });
    client.beforeRequest = () => {
      client.requests.length = 0;
    };
    return client;
  }

  /** What Kubernetes' garbage collection does. */
  #collect({ metadata: { uid } }: LiqoObject): void {
    for (const resource of [resources.publicKeys, resources.connections]) {
      for (const { metadata } of this.server.objects<LiqoObject>(resource)) {
        if (metadata.ownerReferences?.some((owner) => owner.uid === uid)) this.server.remove(resource, metadata);
      }
    }
  }
}

/** The centre may do everything. `undefined` for what is no review. */
export function answerReview(body: LiqoObject): LiqoObject | undefined {
  if (body.kind !== 'SelfSubjectRulesReview') return undefined;
  const resourceRules = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
  return { ...body, ...{ status: { resourceRules } } };
}
