import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { createOperator } from '@leafway/controller';
import { kinds, type LeafCluster } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import { ApiError, type KubeApi, noMetrics, systemClock, systemRandom } from '@leafway/reconciler';
import { FakeKubeApi, type FakeRequest, silentLogger } from '@leafway/reconciler/testing';
import { newShortcut } from '../../link/link.ts';
import { keepAlive } from '../data-plane.ts';
import { type FleetSize, leafID, linkOf, shortcutName } from '../shape.ts';
import { ShortcutBoard } from '../shortcut-board.ts';
import { SimulatedLeaf } from './leaf.ts';
import { readSnapshots } from './replayed-server.ts';

/** How a leaf that is out of order takes requests: it never answers, or it answers each with HTTP 500. */
export type Disorder = 'hangs' | 'fails';

/** What the centre is called. */
export const centralID = 'central';

/** A centre and many leaves in memory, with the real operator between them, by the real clock. */
export class SimulatedFleet {
  readonly size: FleetSize;
  readonly board: ShortcutBoard;
  /** What the operator asked so far, without watches. */
  requests = 0;
  readonly #central = new FakeKubeApi({ cluster: centralID, clock: systemClock });
  readonly #leaves: ReadonlyMap<string, SimulatedLeaf>;
  readonly #disorder = new Map<string, Disorder>();
  /** Of leaves that are out of order: when each was asked something, in milliseconds. */
  readonly #askedMs = new Map<string, number[]>();

  /** `saved`: where `save` wrote how a fleet of that size was; without it there is no shortcut. */
  constructor(size: FleetSize, saved?: string) {
    this.size = size;
    const snapshots = new Map(saved === undefined ? [] : readSnapshots(saved));
    const ids = Array.from({ length: size.leaves }, (_, index) => leafID(index));
    this.#leaves = new Map(ids.map((id) => [id, new SimulatedLeaf(id, systemClock, snapshots.get(id))]));
    const central = snapshots.get(centralID);
    if (central === undefined) for (const id of ids) this.#register(id);
    else this.#central.restore(central);
    this.board = new ShortcutBoard(new FakeKubeApi({ sameServerAs: this.#central }));
    for (const leaf of this.#leaves.values()) void leaf.run();
  }

  /** Writes down what all servers have. */
  save(path: string): void {
    const servers = [
      [centralID, this.#central] as const,
      ...Array.from(this.#leaves, ([id, { server }]) => [id, server] as const),
    ];
    writeFileSync(path, '');
    for (const [id, server] of servers) appendFileSync(path, `${JSON.stringify([id, server.snapshot()])}\n`);
  }

  startOperator(): void {
    const { signal } = new AbortController(); // It ends with the process.
    const operator = createOperator(
      {
        central: this.#client(this.#central, undefined),
        connect: (_, id) => Object.assign(this.#client(this.#leaf(id).server, id), { close: async () => undefined }),
        ...{ clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics },
        events: { record: () => undefined },
      },
      { liqoNamespace: 'liqo', clusterID: centralID },
    );
    void Promise.all([operator.follow(signal), operator.lead(signal)]);
  }

  /** Until the operator has asked nothing for a while: progress that may wait is written within that. */
  async calm(): Promise<void> {
    let before: number;
    do {
      before = this.requests;
      await delay(400);
    } while (before !== this.requests);
  }

  /** Applies the shortcut of that number, and tells its name. */
  create(number: number): string {
    const { a, b } = linkOf(number, this.size);
    const name = shortcutName(number);
    this.#central.seed(kinds.shortcuts, newShortcut(name, [leafID(a), leafID(b)]));
    return name;
  }

  remove(name: string): void {
    this.#central.remove(kinds.shortcuts, { name });
  }

  /** Whether the controller has learnt what there is to know of every leaf. */
  get knowsLeaves(): boolean {
    const leaves = this.#central.objects<LeafCluster>(kinds.leafClusters);
    return leaves.every(({ status }) =>
      status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    );
  }

  /** How many objects the operator has in its caches: all that there are of the kinds that it follows. */
  get objects(): number {
    const followed = [
      ...[resources.configurations, resources.gatewayServers, resources.gatewayClients, resources.publicKeys],
      ...[resources.connections, resources.networks, resources.configMaps],
    ];
    const onLeaves = Array.from(
      this.#leaves.values(),
      ({ server }) =>
        followed.reduce((sum, resource) => sum + server.objects(resource).length, 0) + this.#tenantNamespaces(server),
    );
    const onCentre = [kinds.leafClusters, kinds.shortcuts].map((kind) => this.#central.objects(kind).length);
    return [...onLeaves, ...onCentre].reduce((sum, count) => sum + count, 0);
  }

  /** Lets all Connections say that they live, until the signal aborts; resolves with how often one did. */
  keepAlive(signal: AbortSignal): Promise<number> {
    return keepAlive(
      Array.from(this.#leaves.values(), ({ dataPlane }) => dataPlane),
      systemClock,
      signal,
    );
  }

  /** From now on these leaves take requests in that way. */
  disturb(leaves: readonly number[], disorder: Disorder): void {
    for (const leaf of leaves) this.#disorder.set(leafID(leaf), disorder);
  }

  /** All leaves answer again to what is asked from now on. */
  recover(): void {
    this.#disorder.clear();
    this.#askedMs.clear();
  }

  /** How many requests a leaf that is out of order got at most within one second. */
  get mostInOneSecond(): number {
    return Math.max(0, ...[...this.#askedMs.values()].map(mostWithinSecond));
  }

  /** Forgets what nobody can ask for any more: it would count as memory. */
  compact(): void {
    this.#central.compact();
    for (const { server } of this.#leaves.values()) server.compact();
  }

  #leaf(id: string): SimulatedLeaf {
    const found = this.#leaves.get(id);
    if (found === undefined) throw new Error(`there is no leaf ${id}`);
    return found;
  }

  #tenantNamespaces(server: FakeKubeApi): number {
    return server.objects(resources.namespaces).filter(({ metadata }) => metadata.name.startsWith('liqo-tenant-'))
      .length;
  }

  /** A connection of the operator: what goes through it is counted, and breaks where its leaf is out of order. */
  #client(server: FakeKubeApi, leaf: string | undefined): KubeApi {
    const client = new FakeKubeApi({ sameServerAs: server });
    client.review = server.review;
    client.beforeRequest = (request) => {
      client.requests.length = 0;
      if (request.verb !== 'watch') this.requests += 1;
      return leaf === undefined ? nextTurn() : this.#answer(leaf, request);
    };
    return client;
  }

  #answer(leaf: string, { verb, type }: FakeRequest): Promise<void> {
    const disorder = this.#disorder.get(leaf);
    if (disorder === undefined) return nextTurn();
    const asked = this.#askedMs.get(leaf) ?? [];
    this.#askedMs.set(leaf, asked);
    asked.push(systemClock.monotonicMs());
    if (disorder === 'hangs') return new Promise(() => undefined);
    const operation = `${verb} ${type.plural} on ${leaf}`;
    throw new ApiError(`${operation}: HTTP 500`, { code: 'Unavailable', status: 500, operation });
  }

  #register(id: string): void {
    const secret = { namespace: 'leafway-system', name: `leaf-${id}` };
    this.#central.seed<Secret>(resources.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      data: { kubeconfig: btoa(kubeconfig) },
    });
    this.#central.seed<LeafCluster>(kinds.leafClusters, {
      apiVersion: 'leafway.dev/v1alpha1',
      kind: 'LeafCluster',
      metadata: { name: id },
      spec: { kubeconfigSecretRef: secret },
    });
  }
}

/** As an answer over a network does: timers and other answers have their turn before. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function mostWithinSecond(times: readonly number[]): number {
  return Math.max(0, ...times.map((start, index) => times.slice(index).filter((time) => time < start + 1_000).length));
}

// Any certificate: nothing is dialled here.
const kubeconfig = `
apiVersion: v1
kind: Config
current-context: c
contexts: [{ name: c, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://leaf.example:6443", certificate-authority-data: ${btoa(rootCertificates[0] ?? '')} } }]
users: [{ name: u, user: { token: secret } }]
`;
