import { createFleetIndex, type LeafCluster, type Review, unfitServers, type VirtualNodeShortcut } from '@leafway/core';
import {
  annotationKeys,
  buildConnection,
  type Configuration,
  type Connection,
  encodeProbe,
  type GatewayClient,
  type GatewayServer,
  type LiqoObject,
  type Probe,
  type PublicKey,
  type TenantNamespace,
} from '@leafway/liqo';
import type { JsonPatchOperation } from '@leafway/reconciler';
import type { Subject } from '../leaf/account.ts';
import { runningServer } from '../shortcut/acceptance.ts';
import type { LeafAction } from '../shortcut/actions.ts';
import { type Decision, decide } from '../shortcut/decide.ts';
import { situationsOf } from '../shortcut/direct-path.ts';
import type { RoleBinding } from '../shortcut/key-binding.ts';
import { type LinkHistory, noHistory } from '../shortcut/link-health.ts';
import { type LeafObjects, noObjects, type Observation, type ObservedLeaf } from '../shortcut/observation.ts';
import type { Settled } from '../shortcut/repair.ts';
import type { WriteHistories } from '../shortcut/write-budget.ts';

const shortcutUID = 'shortcut-uid';

export function aShortcut(
  over: {
    name?: string;
    uid?: string;
    spec?: Partial<VirtualNodeShortcut['spec']>;
    metadata?: object;
    status?: VirtualNodeShortcut['status'];
  } = {},
): VirtualNodeShortcut {
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: {
      name: over.name ?? 'rome-milan',
      uid: over.uid ?? shortcutUID,
      generation: 1,
      creationTimestamp: '2026-11-21T10:00:00Z',
      finalizers: ['leafway.dev/shortcut'],
      ...over.metadata,
    },
    spec: { clusters: [{ id: 'rome' }, { id: 'milan' }], ...over.spec },
    ...(over.status === undefined ? {} : { status: over.status }),
  };
}

export function aLeafCluster(
  id: string,
  over: { podCIDR?: string; dataPlane?: 'Liqo' | 'Leafway'; status?: object } = {},
): LeafCluster {
  const pod = over.podCIDR ?? '10.244.0.0/16';
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name: id, uid: `leaf ${id}` },
    spec: { kubeconfigSecretRef: { namespace: 'leafway-system', name: `leaf-${id}` } },
    status: {
      dataPlane: { kind: over.dataPlane ?? 'Leafway' },
      identity: { uid: `identity of ${id}` },
      networks: {
        pod: [pod],
        external: ['10.70.0.0/16'],
        inUse: [
          { cidr: pod, owner: 'pod CIDR' },
          { cidr: '10.70.0.0/16', owner: 'external CIDR' },
        ],
      },
      ...over.status,
    },
  };
}

/** One leaf, as a test builds it up by what happens there. */
export class LeafWorld {
  readonly id: string;
  leafCluster: LeafCluster | undefined;
  unreachable: string | undefined;
  namespaces: TenantNamespace[] = [];
  configurations: Configuration[] = [];
  servers: GatewayServer[] = [];
  clients: GatewayClient[] = [];
  publicKeys: PublicKey[] = [];
  keyBindings: RoleBinding[] = [];
  account: Subject | undefined;
  connections: Connection[] = [];
  stampAgeMs = 0;
  stampMoved = true;
  isRead = true;
  /** False for one that never answers an order about keys. */
  hasAgent = true;
  settled: Settled = new Map();
  writes: WriteHistories = new Map();
  #uids = 0;

  constructor(leafCluster: LeafCluster) {
    this.id = leafCluster.metadata.name;
    this.leafCluster = leafCluster;
  }

  /** Does to this leaf what the actions say, as its API server would. */
  perform(actions: readonly LeafAction[]): void {
    for (const action of actions) {
      if (action.kind === 'create') this.#lists(action.object.kind).push(this.#born(action.object));
      else if (action.kind === 'patch') this.#patch(action.object, action.operations);
      else if (action.kind !== 'readKey') this.#remove(action.object);
    }
  }

  /** What a data plane does by itself: names for ranges, an endpoint, a key, a connection. */
  work(): void {
    for (const configuration of this.configurations) {
      const wanted = configuration.metadata.annotations?.['leafway.dev/wanted-cidrs'];
      const cidr = wanted === undefined ? { pod: ['10.71.0.0/16'], external: ['10.68.0.0/16'] } : JSON.parse(wanted);
      configuration.status = { remote: { cidr } };
    }
    for (const server of this.servers) {
      const { nodePort, port = 51_840 } = server.spec?.endpoint ?? {};
      server.status = { endpoint: { addresses: ['172.30.0.9'], port: nodePort ?? port, protocol: 'UDP' } };
    }
    for (const gateway of [...this.servers, ...this.clients]) {
      gateway.metadata.annotations = this.#keyWork(gateway.metadata.annotations ?? {});
      const hasKey = this.publicKeys.length > 0;
      if (hasKey && this.connections.length === 0) this.connections.push(this.#connectionOf(gateway));
    }
  }

  /** As our agent does it (packages/gateway/src/rotation), with the request in the name of the next key. */
  #keyWork(before: Record<string, string>): Record<string, string> {
    if (!this.hasAgent) return before;
    const { rotateKey, rotatedKey, publicKey, nextPublicKey, useKey, preparedForKey } = annotationKeys;
    const after: Record<string, string> = { ...before, [publicKey]: before[publicKey] ?? aKey(this.id) };
    if (before[rotateKey] !== before[rotatedKey]) after[nextPublicKey] ??= aKey(`${this.id} ${before[rotateKey]}`);
    if (after[nextPublicKey] !== undefined && after[nextPublicKey] === before[useKey]) {
      after[publicKey] = after[nextPublicKey];
      after[rotatedKey] = before[rotateKey] ?? '';
      delete after[nextPublicKey];
    }
    const next = this.publicKeys[0]?.metadata.annotations?.[annotationKeys.nextPeerKey];
    if (next === undefined) delete after[preparedForKey];
    else after[preparedForKey] = next;
    return after;
  }

  get objects(): LeafObjects {
    const { namespaces, configurations, servers, clients, publicKeys, keyBindings } = this;
    const connections = this.connections.map((object) => ({
      object,
      stampAgeMs: this.stampAgeMs,
      stampMoved: this.stampMoved,
    }));
    return { namespaces, configurations, servers, clients, publicKeys, keyBindings, connections };
  }

  get observed(): ObservedLeaf {
    return {
      id: this.id,
      leafCluster: this.leafCluster,
      unreachable: this.unreachable,
      account: this.account,
      isRead: this.isRead,
      objects: this.isRead ? this.objects : noObjects,
      settled: this.settled,
      writes: this.writes,
    };
  }

  /** As far as the tests go: fields of an object are set, or removed. */
  #patch(object: LiqoObject, operations: readonly JsonPatchOperation[]): void {
    for (const operation of operations) {
      const path = operation.path
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
      const last = path.pop() ?? '';
      const parent = path.reduce<Record<string, unknown>>(
        (value, key) => value[key] as Record<string, unknown>,
        object as unknown as Record<string, unknown>,
      );
      if (operation.op === 'remove') delete parent[last];
      else parent[last] = operation.value;
    }
  }

  #connectionOf(gateway: GatewayServer | GatewayClient): Connection {
    const remoteClusterID = gateway.metadata.name;
    const role = gateway.kind === 'GatewayServer' ? 'Server' : 'Client';
    const connection = buildConnection(
      { remoteClusterID, namespace: gateway.metadata.namespace ?? '' },
      { role, gateway },
    );
    const born = this.#born(connection) as Connection;
    return {
      ...born,
      metadata: { ...born.metadata, annotations: { [annotationKeys.probe]: encodeProbe(passed) } },
      status: { value: 'Connected', latency: { value: '1ms', timestamp: 'now' } },
    };
  }

  #born(object: LiqoObject): LiqoObject {
    this.#uids += 1;
    const metadata = {
      ...object.metadata,
      uid: `${this.id} ${object.kind} ${this.#uids}`,
      resourceVersion: '1',
      generation: 1,
    };
    return { ...structuredClone(object), metadata };
  }

  #lists(kind: string): LiqoObject[] {
    const lists: Record<string, LiqoObject[]> = {
      Namespace: this.namespaces,
      Configuration: this.configurations,
      GatewayServer: this.servers,
      GatewayClient: this.clients,
      PublicKey: this.publicKeys,
      RoleBinding: this.keyBindings,
    };
    const list = lists[kind];
    if (list === undefined) throw new Error(`an unexpected ${kind}`);
    return list;
  }

  /** Deletes an object, and by garbage collection what it owns. */
  #remove({ kind, metadata }: LiqoObject): void {
    const list = this.#lists(kind);
    list.splice(
      list.findIndex((object) => object.metadata.uid === metadata.uid),
      1,
    );
    const survives = (object: LiqoObject): boolean =>
      !object.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid);
    this.publicKeys = this.publicKeys.filter(survives);
    this.connections = this.connections.filter(survives);
  }
}

/** What an agent reports when nothing is wrong. */
export const passed: Probe = { small: 'Passed', large: 'Passed', mtu: 1340 };

/** A valid public key that differs from cluster to cluster. */
export function aKey(seed: string): string {
  return Buffer.alloc(32, seed).toString('base64');
}

/** Two leaves and a shortcut between them, with the decisions that follow from each state. */
export class World {
  shortcut = aShortcut();
  others: VirtualNodeShortcut[] = [];
  isCarriedOut = false;
  now = new Date('2026-11-21T12:00:00Z');
  mayRotateKeys = true;
  centralClusterID: string | undefined = 'central';
  nowMs = 1_000_000;
  link: LinkHistory = noHistory;
  readonly keysFromSecrets = new Map<string, string>();
  readonly rome: LeafWorld;
  readonly milan: LeafWorld;

  constructor(rome = aLeafCluster('rome'), milan = aLeafCluster('milan')) {
    this.rome = new LeafWorld(rome);
    this.milan = new LeafWorld(milan);
  }

  get observation(): Observation {
    const { shortcut, isCarriedOut, nowMs, link, now, mayRotateKeys } = this;
    const keyFromSecret = (uid: string): string | undefined => this.keysFromSecrets.get(uid);
    const leaves = [this.rome.observed, this.milan.observed] as const;
    const review = this.#review(leaves);
    return { shortcut, review, isCarriedOut, nowMs, link, keyFromSecret, leaves, now, mayRotateKeys };
  }

  #review(leaves: Observation['leaves']): Review {
    const fleet = createFleetIndex({ centralClusterID: () => this.centralClusterID });
    for (const { leafCluster } of leaves) if (leafCluster !== undefined) fleet.putLeaf(leafCluster);
    for (const other of this.others) fleet.putShortcut(other);
    const currentServer = runningServer(leaves, this.shortcut);
    const unfit = unfitServers(this.link.trials, situationsOf(this.shortcut, leaves));
    return fleet.review(this.shortcut, { isStored: true, currentServer, unfitServers: unfit });
  }

  decide(): Decision {
    return decide(this.observation, { liqoNamespace: 'liqo' });
  }

  /** Decides, and remembers what is needed for the next time, as the reconciler does. */
  decideAndRemember(): Decision {
    const decision = this.decide();
    for (const leaf of [this.rome, this.milan]) {
      leaf.settled = decision.settled.get(leaf.id) ?? new Map();
      leaf.writes = decision.writes.get(leaf.id) ?? leaf.writes;
    }
    this.link = decision.link ?? this.link;
    return decision;
  }

  /** Time passes, and then it is decided and done. */
  pass(seconds: number): Decision {
    this.nowMs += seconds * 1_000;
    const decision = this.decideAndRemember();
    for (const leaf of [this.rome, this.milan]) leaf.perform(decision.actions.get(leaf.id) ?? []);
    return decision;
  }

  /** Decides and does it, again and again, until nothing is left to do. Returns how often it took. */
  settle(): number {
    for (let rounds = 0; rounds < 20; rounds += 1) {
      const { actions } = this.decideAndRemember();
      if (actions.size === 0) return rounds;
      this.rome.perform(actions.get('rome') ?? []);
      this.milan.perform(actions.get('milan') ?? []);
      this.rome.work();
      this.milan.work();
    }
    throw new Error('it never settles');
  }
}

/** `create Configuration`, `delete GatewayServer` …, for one leaf of a decision. */
export function actionWords(decision: Decision, leaf: string): string[] {
  return (decision.actions.get(leaf) ?? []).map((action) =>
    action.kind === 'readKey' ? `readKey ${action.secret.name}` : `${action.kind} ${action.object.kind}`,
  );
}

/** `Type=Status Reason` of every verdict. */
export function verdictWords(decision: Decision): string[] {
  return decision.verdicts.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}
