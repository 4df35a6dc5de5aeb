import { isDeepStrictEqual } from 'node:util';
import {
  type Condition,
  type LeafCluster,
  type LeafClusterStatus,
  leafClusterSchema,
  safeParseCidr,
} from '@leafway/core';
import {
  type Configuration,
  clusterIDOf,
  type GatewayClient,
  type GatewayServer,
  readOwnNetworks,
  readServerEndpoint,
  readUsedRanges,
  remoteClusterIDOf,
  type UsedRange,
} from '@leafway/liqo';
import { findCondition, setCondition } from '@leafway/reconciler';
import { rfc3339 } from '../rfc3339.ts';
import type { Subject } from './account.ts';
import type { Credential } from './link.ts';
import { type DataPlaneView, dataPlaneFacts, podNamesAtCentre } from './liqo-facts.ts';
import { malformedFacts } from './malformed.ts';
import type { Right } from './rights.ts';
import { type CleanupFindings, leafVerdicts } from './verdicts.ts';

/** What a session knows of its leaf. */
export interface LeafView extends DataPlaneView {
  readonly problem: string | undefined;
  readonly identity: string | undefined;
  /** What it logs in with; `undefined` before that was read. */
  readonly credential: Credential | undefined;
  /** As whom the leaf knows us; `undefined` where our credentials do not say. */
  readonly account: Subject | undefined;
  /** What we may not do there and should; `undefined` while that is not known. */
  readonly missingRights: readonly Right[] | undefined;
  readonly gateways: { readonly servers: readonly GatewayServer[]; readonly clients: readonly GatewayClient[] };
}

/** Set by a human to the UID of the kube-system namespace of the cluster that is this leaf from now on. */
const identityAnnotation = 'leafway.dev/accept-identity';

/** Another cluster answers than the one that was pinned, and nobody accepted it: it must not be written to. */
export function isReplaced({ metadata, status }: LeafCluster, { identity }: Pick<LeafView, 'identity'>): boolean {
  const pinned = status?.identity?.uid;
  const isOther = pinned !== undefined && identity !== undefined && identity !== pinned;
  return isOther && metadata.annotations?.[identityAnnotation] !== identity;
}

/** Objects of deleted shortcuts are still on that leaf. */
export const isOwing = ({ status }: LeafCluster): boolean => (status?.pendingCleanup ?? []).length > 0;

/** What is seen is another cluster's: it says nothing about the leaf. */
export const isStranger = (leaf: LeafCluster, view: Pick<LeafView, 'identity' | 'configMaps'>): boolean =>
  isReplaced(leaf, view) || strangeID(leaf, view) !== undefined;

/** The reason for which nothing may be done on a leaf now, in words; `undefined` when it can be used. */
export function unusableReason(leaf: LeafCluster, view: LeafView | undefined): string | undefined {
  if (view === undefined) return 'its credentials are not read yet';
  if (view.problem !== undefined) return view.problem;
  const id = strangeID(leaf, view);
  if (id !== undefined) return strangerMessage(leaf, id);
  return isReplaced(leaf, view) ? replacedMessage(leaf, view) : undefined;
}

const replacedMessage = (leaf: LeafCluster, view: LeafView): string =>
  `another cluster answers now (kube-system UID ${view.identity} instead of ${leaf.status?.identity?.uid}), and is left ` +
  'alone; if the kubeconfig leads where it should, and the leaf was made anew, run ' +
  `"kubectl annotate leafcluster ${leaf.metadata.name} ${identityAnnotation}=${view.identity} --overwrite"`;

const strangerMessage = (leaf: LeafCluster, id: string): string =>
  `the kubeconfig leads to a cluster that says that its ID is ${id}, and is left alone; name a Secret for ` +
  `${leaf.metadata.name} in spec.kubeconfigSecretRef, or name the LeafCluster by the ID`;

/** The ID that the cluster says it has, when that is not the leaf's. */
function strangeID({ metadata }: LeafCluster, view: Pick<LeafView, 'configMaps'>): string | undefined {
  const id = view.configMaps.map(clusterIDOf).find((found) => found !== undefined);
  return id === metadata.name ? undefined : id;
}

/** Whether two states of a LeafCluster differ in nothing but in what links the leaf has. */
export function differInLinksOnly(before: LeafCluster | undefined, after: LeafCluster | undefined): boolean {
  return before !== undefined && after !== undefined && isDeepStrictEqual(withoutLinks(before), withoutLinks(after));
}

const withoutLinks = ({ metadata, spec, status }: LeafCluster): object => ({
  metadata: { ...metadata, resourceVersion: undefined },
  spec,
  status: { ...status, gateways: undefined, networks: { ...status?.networks, inUse: undefined } },
});

/** What a status is made from besides the leaf. */
export interface LeafStatusOptions {
  readonly liqoNamespace: string;
  /** The centre's own Configurations for that leaf. */
  readonly atCentre: readonly Configuration[];
  readonly now: Date;
  /** What deleted shortcuts left there, and why that is not removed yet; nothing is known of it by default. */
  readonly cleanup?: CleanupFindings;
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
  const malformed = seen === undefined ? [] : malformedFacts(seen);
  const facts = seen === undefined || malformed.length > 0 ? knownFacts(leaf) : seen;
  // What may be done on another cluster says nothing of what may be done here.
  const missing = missingFact(leaf, view !== undefined && isStranger(leaf, view) ? undefined : view);
  const verdicts = leafVerdicts({
    ...{ problem, malformed, networks: facts.networks, missing: missing.missingPermissions },
    ...{ account: view?.account, credential: view?.credential, secret: leaf.spec.kubeconfigSecretRef },
    ...{ isDeleted: leaf.metadata.deletionTimestamp !== undefined, liqoNamespace: options.liqoNamespace },
    ...{ leaf: leaf.metadata.name, cleanup: isClean(leaf) ? undefined : options.cleanup },
  });
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
    ...missing,
  };
}

/** Nothing was ever left there, or it is said already that nothing is. */
function isClean({ status }: LeafCluster): boolean {
  const pending = status?.pendingCleanup;
  return (
    pending === undefined || (pending.length === 0 && findCondition(status?.conditions, 'CleanedUp')?.status === 'True')
  );
}

/** It comes from a Secret on the centre, so it is known of a leaf that does not answer, too. */
function credentialFact({ status }: LeafCluster, view: LeafView | undefined): Pick<LeafClusterStatus, 'credential'> {
  if (view?.credential === undefined) return status?.credential === undefined ? {} : { credential: status.credential };
  const { expiresAt } = view.credential;
  return expiresAt === undefined ? {} : { credential: { expiresAt: rfc3339(expiresAt) } };
}

/** What was known last stays while it cannot be asked. */
function missingFact(
  { status }: LeafCluster,
  view: LeafView | undefined,
): Pick<LeafClusterStatus, 'missingPermissions'> {
  const missing = view?.missingRights ?? status?.missingPermissions;
  return missing === undefined ? {} : { missingPermissions: missing.map((right) => ({ ...right })) };
}

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
      inUse: readUsedRanges(view.networks, view.configurations).map(rangeFact),
    },
    gateways: [
      ...view.gateways.servers.flatMap((server) => gatewayFact(server, 'Server', readServerEndpoint(server)?.port)),
      ...view.gateways.clients.flatMap((client) => gatewayFact(client, 'Client', undefined)),
    ].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
  };
}

const longestOwner =
  leafClusterSchema.properties.status.properties.networks.properties.inUse.items.properties.owner.maxLength;

/** Somebody else wrote which range is behind a name. Where that is no range, the name is taken all the same. */
function rangeFact({ real, owner, ...range }: UsedRange): UsedRange {
  const isRange = real !== undefined && safeParseCidr(real).ok;
  return { ...range, owner: owner.slice(0, longestOwner).toWellFormed(), ...(isRange ? { real } : {}) };
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
