import { type Condition, type LeafCluster, type LeafClusterStatus, safeParseCidr } from '@leafway/core';
import {
  type Configuration,
  clusterIDOf,
  type GatewayClient,
  type GatewayServer,
  readOwnNetworks,
  readServerEndpoint,
  readUsedRanges,
  remoteClusterIDOf,
} from '@leafway/liqo';
import { setCondition } from '@leafway/reconciler';
import type { LeafVerdict } from './conditions.ts';
import { type DataPlaneView, dataPlaneFacts, podNamesAtCentre } from './liqo-facts.ts';
import type { Credential } from './renewals.ts';

/** What a session knows of its leaf. */
export interface LeafView extends DataPlaneView {
  readonly problem: string | undefined;
  readonly identity: string | undefined;
  /** What it logs in with; `undefined` before that was read. */
  readonly credential: Credential | undefined;
  readonly gateways: { readonly servers: readonly GatewayServer[]; readonly clients: readonly GatewayClient[] };
}

/** Another cluster answers than the one that was pinned: it must not be written to. */
export function isReplaced(leaf: LeafCluster, view: Pick<LeafView, 'identity'>): boolean {
  const pinned = leaf.status?.identity?.uid;
  return pinned !== undefined && view.identity !== undefined && view.identity !== pinned;
}

/** The reason for which nothing may be done on a leaf now, in words; `undefined` when it can be used. */
export function unusableReason(leaf: LeafCluster, view: LeafView | undefined): string | undefined {
  if (view === undefined) return 'its credentials are not read yet';
  if (view.problem !== undefined) return view.problem;
  if (isReplaced(leaf, view)) return replacedMessage(leaf, view);
  const id = ownID(view);
  return id === undefined || id === leaf.metadata.name ? undefined : wrongIDMessage(leaf, id);
}

const replacedMessage = (leaf: LeafCluster, view: LeafView): string =>
  `another cluster answers now (kube-system UID ${view.identity} instead of ${leaf.status?.identity?.uid}); if that is meant, delete and create its LeafCluster`;

const wrongIDMessage = (leaf: LeafCluster, id: string): string =>
  `the cluster says that its ID is ${id}; a LeafCluster is named by the ID, not ${leaf.metadata.name}`;

function ownID(view: LeafView): string | undefined {
  return view.configMaps.map(clusterIDOf).find((id) => id !== undefined);
}

/** What a status is made from besides the leaf. */
export interface LeafStatusOptions {
  readonly liqoNamespace: string;
  /** The centre's own Configurations for that leaf. */
  readonly atCentre: readonly Configuration[];
  readonly now: Date;
}

/**
 * The status of a LeafCluster from what is seen of the leaf. While the leaf cannot be used its last facts stay:
 * they are what the webhook plans with. `pendingCleanup` is not among them: it is work, not a fact.
 */
export function leafStatus(
  leaf: LeafCluster,
  view: LeafView | undefined,
  options: LeafStatusOptions,
): LeafClusterStatus {
  const problem = unusableReason(leaf, view);
  const seen = view === undefined || problem !== undefined ? undefined : factsOf(view, options);
  const malformed = seen?.networks === undefined ? [] : malformedRanges(seen.networks);
  const facts = seen === undefined || malformed.length > 0 ? knownFacts(leaf) : seen;
  const verdicts = verdictsOf(leaf.metadata.deletionTimestamp !== undefined, problem, malformed, facts);
  const { generation } = leaf.metadata;
  const observedGeneration = generation === undefined ? {} : { observedGeneration: generation };
  const conditions = verdicts.reduce<readonly Condition[]>(
    (list, verdict) => setCondition(list, { ...verdict, ...observedGeneration }, options.now),
    leaf.status?.conditions ?? [],
  );
  return {
    ...observedGeneration,
    conditions: [...conditions],
    ...facts,
    ...credentialFact(leaf, view),
  };
}

/** It comes from a Secret on the centre, so it is known of a leaf that does not answer, too. */
function credentialFact({ status }: LeafCluster, view: LeafView | undefined): Pick<LeafClusterStatus, 'credential'> {
  if (view?.credential === undefined) return status?.credential === undefined ? {} : { credential: status.credential };
  const { expiresAt } = view.credential;
  return expiresAt === undefined ? {} : { credential: { expiresAt: rfc3339(expiresAt) } };
}

/** As Kubernetes writes it, in whole seconds. */
const rfc3339 = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

type Facts = Pick<LeafClusterStatus, 'dataPlane' | 'identity' | 'networks' | 'templates' | 'gateways'>;

function knownFacts({ status }: LeafCluster): Facts {
  return {
    ...(status?.dataPlane === undefined ? {} : { dataPlane: status.dataPlane }),
    ...(status?.identity === undefined ? {} : { identity: status.identity }),
    ...(status?.networks === undefined ? {} : { networks: status.networks }),
    ...(status?.templates === undefined ? {} : { templates: status.templates }),
    ...(status?.gateways === undefined ? {} : { gateways: status.gateways }),
  };
}

function factsOf(view: LeafView, { liqoNamespace, atCentre }: LeafStatusOptions): Facts {
  const own = readOwnNetworks(view.networks, liqoNamespace);
  const podAtCentre = podNamesAtCentre(own.pod, atCentre);
  return {
    ...dataPlaneFacts(view, liqoNamespace),
    ...(view.identity === undefined ? {} : { identity: { uid: view.identity } }),
    networks: {
      pod: [...own.pod],
      external: [...own.external],
      service: [...own.service],
      internal: [...own.internal],
      ...(podAtCentre === undefined ? {} : { podAtCentre }),
      inUse: readUsedRanges(view.networks, view.configurations).map((range) => ({ ...range })),
    },
    gateways: [
      ...view.gateways.servers.flatMap((server) => gatewayFact(server, 'Server', readServerEndpoint(server)?.port)),
      ...view.gateways.clients.flatMap((client) => gatewayFact(client, 'Client', undefined)),
    ].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
  };
}

/** Caches have no order, and the same facts must make the same status. */
const placeOf = ({ remoteClusterID, role, port = 0 }: NonNullable<Facts['gateways']>[number]): string =>
  `${remoteClusterID} ${role} ${port}`;

/** A gateway that is labelled for no cluster is nobody's link. */
function gatewayFact(
  gateway: GatewayServer | GatewayClient,
  role: 'Server' | 'Client',
  port: number | undefined,
): NonNullable<Facts['gateways']> {
  const remoteClusterID = remoteClusterIDOf(gateway);
  return remoteClusterID === undefined ? [] : [{ remoteClusterID, role, ...(port === undefined ? {} : { port }) }];
}

const leaving = {
  status: 'False',
  reason: 'Deleting',
  message: 'This LeafCluster is being deleted; it is held as long as a VirtualNodeShortcut uses it.',
} as const;

function verdictsOf(
  isDeleted: boolean,
  problem: string | undefined,
  malformed: readonly string[],
  facts: Facts,
): LeafVerdict[] {
  const unusable =
    problem === undefined ? undefined : ({ status: 'False', reason: 'Unusable', message: `${problem}.` } as const);
  const unknown = unknownFacts(malformed, facts);
  const failed = isDeleted ? leaving : (unusable ?? unknown);
  const [reachable, gathered, ready] = [
    { status: 'True', reason: 'Reachable', message: 'The API server of this leaf answers.' },
    { status: 'True', reason: 'Gathered', message: 'The networks of this leaf are known.' },
    { status: 'True', reason: 'Ready', message: 'This leaf can be linked.' },
  ] as const;
  return [
    { type: 'Reachable', ...(unusable ?? reachable) },
    { type: 'FactsGathered', ...(unknown ?? gathered) },
    { type: 'Ready', ...(failed ?? ready) },
  ];
}

function unknownFacts(malformed: readonly string[], facts: Facts) {
  const [status, missing] = ['False', missingFacts(facts)] as const;
  if (malformed.length > 0)
    return {
      status,
      reason: 'Malformed',
      message: `The leaf reports malformed ranges: ${malformed.join('; ')}.`,
    } as const;
  return missing === undefined ? undefined : ({ status, reason: 'Missing', message: missing } as const);
}

/** What a leaf says is data, not truth: a range that is none never gets into the facts. */
function malformedRanges({
  pod,
  external,
  service = [],
  internal = [],
  inUse = [],
}: NonNullable<Facts['networks']>): string[] {
  const texts = new Set([...pod, ...external, ...service, ...internal, ...inUse.map(({ cidr }) => cidr)]);
  return [...texts].flatMap((text) => {
    const parsed = safeParseCidr(text);
    return parsed.ok ? [] : [`${text} (${parsed.message})`];
  });
}

function missingFacts({ networks }: Facts): string | undefined {
  if (networks === undefined) return 'Nothing is known of this leaf yet.';
  if (networks.pod.length === 0)
    return 'No Network with the pod CIDR is found in the namespace of Liqo; is Liqo, or the leaf agent, installed?';
  if (networks.external.length !== 1)
    return `Exactly one external CIDR is needed, ${networks.external.length} are found.`;
  return undefined;
}
