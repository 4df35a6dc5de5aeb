import { rootCertificates } from 'node:tls';
import { type Condition, kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import { ApiError, type ClusterConnection, findCondition, type KubeApi, noMetrics } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import type { OperatorEvent } from '../events.ts';
import { createOperator } from '../operator.ts';
import { FakeLeaf } from './fake-leaf.ts';
import { aShortcut } from './world.ts';

/** A centre and two leaves in memory, and as many others as a test wants, with the operator at work between them. */
export class FakeFleet {
  readonly clock = new FakeClock();
  readonly central = new FakeKubeApi({ cluster: 'central' });
  readonly rome = new FakeLeaf('rome');
  readonly milan = new FakeLeaf('milan');
  /** Told of every login. */
  onConnect: (connection: ClusterConnection, cluster: string) => void = () => undefined;
  readonly #leaves: FakeLeaf[];
  /** Before every request to a leaf; it may throw, or never resolve. */
  onRequest: FakeKubeApi['beforeRequest'];
  /** A leaf whose API server does not answer. */
  away: string | undefined;
  /** What was told of shortcuts, and of leaves. */
  readonly events: OperatorEvent[] = [];
  readonly leafEvents: OperatorEvent[] = [];
  /** A leaf whose API server takes requests and never answers. */
  hung: string | undefined;
  /** A kind that may not be listed on the leaves. */
  forbidden: string | undefined;
  /** What it logs in with everywhere. */
  token = 'secret';
  /** By the plural of a kind: the HTTP status with which the leaves refuse it, or `hang` where they never answer. */
  readonly #refused = new Map<string, number | 'hang'>();
  readonly #clients = new Map<string, FakeKubeApi>();
  readonly #hanging: (() => void)[] = [];
  #stop = new AbortController();
  readonly #running: Promise<unknown>[] = [];

  constructor(others: readonly string[] = []) {
    this.#leaves = [this.rome, this.milan, ...others.map((id) => new FakeLeaf(id))];
  }

  async start(): Promise<void> {
    for (const leaf of this.#leaves) await this.#install(leaf);
    await this.startOperator();
  }

  /** One more leaf, which is registered now. */
  async join(id: string): Promise<void> {
    const leaf = new FakeLeaf(id);
    this.#leaves.push(leaf);
    await this.#install(leaf);
  }

  async #install(leaf: FakeLeaf): Promise<void> {
    await leaf.install('10.244.0.0/16');
    await this.register(leaf.id);
  }

  async startOperator(): Promise<void> {
    const operator = createOperator(
      {
        central: this.central,
        connect: (connection, cluster) => {
          this.onConnect(connection, cluster);
          return this.connect(this.leafNamed(cluster), connection);
        },
        clock: this.clock,
        random: seededRandom(1),
        log: silentLogger,
        metrics: noMetrics,
        events: {
          record: ({ kind }, event) => (kind === 'LeafCluster' ? this.leafEvents : this.events).push(event),
        },
      },
      { liqoNamespace: 'liqo', clusterID: 'central' },
    );
    this.#running.push(operator.follow(this.#stop.signal), operator.lead(this.#stop.signal));
    await this.pass(5);
  }

  /** The operator ends in the middle of what it does, and another takes its place. */
  async replaceOperator(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    await this.startOperator();
  }

  /** What hangs ends as a client's own limit ends it; new requests are answered. */
  recover(): void {
    this.hung = undefined;
    for (const end of this.#hanging.splice(0)) end();
  }

  /** The leaves answer with that HTTP status whatever is asked of that kind. */
  refuse(plural: string, status: number): void {
    this.#refused.set(plural, status);
  }

  /** They answer again. */
  serve(plural: string): void {
    this.#refused.delete(plural);
  }

  /** The leaves take whatever is asked of that kind, and never answer. */
  hang(plural: string): void {
    this.#refused.set(plural, 'hang');
  }

  /** Whoever logs in with that token has this connection to a leaf; all others share one. */
  clientOf(token: string, leaf: FakeLeaf): FakeKubeApi {
    const client = new FakeKubeApi({ cluster: leaf.id, sameServerAs: leaf.api });
    client.review = leaf.api.review;
    this.#clients.set(token, client);
    return client;
  }

  /** Somebody writes another token into the kubeconfig of a leaf. */
  renew(id: string, token: string): void {
    const secret = { namespace: 'leafway-system', name: `leaf-${id}` };
    this.central.edit<Secret>(resources.secrets, secret, (draft) => {
      const kubeconfig = atob(draft.data?.kubeconfig ?? '').replace(/token: [^ ]*/, `token: ${token}`);
      draft.data = { kubeconfig: btoa(kubeconfig) };
    });
  }

  connect(leaf: FakeLeaf, { token }: Partial<ClusterConnection> = {}): KubeApi & { close(): Promise<void> } {
    const own = this.#clients.get(String(token));
    if (own !== undefined) return Object.assign(own, { close: async () => undefined });
    leaf.api.beforeRequest = (request) => {
      const { verb, type } = request;
      if (this.hung === leaf.id)
        return new Promise((_, reject) => this.#hanging.push(() => reject(new Error('timeout'))));
      if (this.away === leaf.id) throw new Error(`${leaf.id} does not answer`);
      if (verb === 'list' && type.plural === this.forbidden) throw forbidden(type.plural);
      const refusal = this.#refused.get(type.plural);
      if (refusal === 'hang') return new Promise(() => undefined);
      if (refusal !== undefined) throw refusedWith(refusal, `${verb} ${type.plural}`);
      return this.onRequest?.(request);
    };
    return Object.assign(leaf.api, { close: async () => undefined });
  }

  /** A Secret with a kubeconfig for that leaf. */
  async storeKubeconfig(id: string, name: string, token: string): Promise<void> {
    const kubeconfig = `
apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://${id}:6443", certificate-authority-data: ${certificate} } }]
users: [{ name: u, user: { token: ${token} } }]
`;
    const secret: Secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'leafway-system', name },
      data: { kubeconfig: btoa(kubeconfig) },
    };
    await this.central.create(resources.secrets, secret);
  }

  /** Somebody names another Secret in its LeafCluster. */
  pointTo(id: string, name: string): void {
    this.central.edit<LeafCluster>(kinds.leafClusters, { name: id }, ({ spec }) => {
      spec.kubeconfigSecretRef = { namespace: 'leafway-system', name };
    });
  }

  async register(id: string): Promise<void> {
    await this.storeKubeconfig(id, `leaf-${id}`, this.token);
    const leaf: LeafCluster = {
      apiVersion: 'leafway.dev/v1alpha1',
      kind: 'LeafCluster',
      metadata: { name: id },
      spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `leaf-${id}` } },
    };
    await this.central.create(kinds.leafClusters, leaf);
  }

  /** Lets time pass and the leaves work. */
  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds * 4; step += 1) {
      await this.clock.advance(250);
      for (const leaf of this.#leaves) {
        if (this.away !== leaf.id && this.hung !== leaf.id) await leaf.work();
      }
    }
  }

  /** What the LeafCluster says; throws where it says nothing of that. */
  async leafCondition(type: string, id = 'rome'): Promise<Condition> {
    const found = findCondition((await this.leaf(id))?.status?.conditions, type);
    if (found === undefined) throw new Error(`LeafCluster ${id} has no condition ${type}`);
    return found;
  }

  async shortcut(name = 'rome-milan'): Promise<VirtualNodeShortcut | undefined> {
    return this.central.get<VirtualNodeShortcut>(kinds.shortcuts, { name });
  }

  async create(name = 'rome-milan', ids: readonly [string, string] = ['rome', 'milan']): Promise<void> {
    const clusters = ids.map((id) => ({ id }));
    const { apiVersion, kind, spec } = aShortcut({ spec: { clusters } as Partial<VirtualNodeShortcut['spec']> });
    await this.central.create<VirtualNodeShortcut>(kinds.shortcuts, { apiVersion, kind, metadata: { name }, spec });
  }

  async leaf(id: string): Promise<LeafCluster | undefined> {
    return this.central.get<LeafCluster>(kinds.leafClusters, { name: id });
  }

  leafNamed(id: string): FakeLeaf {
    return this.#leaves.find((leaf) => leaf.id === id) as FakeLeaf;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (let turns = 0; turns < 50; turns += 1) await this.clock.advance(1_000);
    await Promise.all(this.#running);
  }
}

// Any certificate: nothing is dialled here.
const certificate = btoa(rootCertificates[0] ?? '');

const forbidden = (plural: string): ApiError => refusedWith(403, `list ${plural}`);

function refusedWith(status: number, operation: string): ApiError {
  const code = status === 404 ? 'NotFound' : 'Forbidden';
  return new ApiError(`${operation}: ${code}`, { code, status, operation });
}
