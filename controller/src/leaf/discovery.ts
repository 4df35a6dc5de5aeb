import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { type Identity, readControlPlaneIdentity, resources } from '@leafway/liqo';
import {
  after,
  type Cache,
  type Clock,
  type Controller,
  createCache,
  createController,
  done,
  guardedPatch,
  isApiError,
  type JsonPatchOperation,
  type KubeApi,
  type Logger,
  type Metrics,
  type Outcome,
  objectKey,
  type Random,
} from '@leafway/reconciler';
import { lookAgainMs } from '../optional-cache.ts';
import { isOwing } from './facts.ts';

/** On a LeafCluster: the Identity that it was made for, by namespace and name. */
const discoveredAnnotation = 'leafway.dev/discovered-from';
/** On one that was changed for another Identity: which version of its spec that made. */
const generationAnnotation = 'leafway.dev/discovered-generation';
/** On an Identity: `false` where no LeafCluster is wanted for it. */
const discoverLabel = 'leafway.dev/discover';

export interface DiscoveryDependencies {
  readonly central: KubeApi;
  /** What metrics call the central cluster. */
  readonly cluster: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly leafClusters: Cache<LeafCluster>;
  /** With an index `leaf`. */
  readonly shortcuts: Cache<VirtualNodeShortcut>;
}

/** Where an administrator has to do something first. */
const tryAgainMs = 600_000;

/**
 * Makes a LeafCluster for each leaf of whose control plane Liqo has an Identity on the centre, lets it follow when that gives
 * way to another one, and takes it back when the last goes. What a person made or changed is theirs.
 */
export class LeafDiscovery {
  readonly #deps: DiscoveryDependencies;
  readonly #identities: Cache<Identity>;
  readonly #controller: Controller;

  constructor(deps: DiscoveryDependencies) {
    this.#deps = deps;
    const { central, cluster, clock, random, log, metrics, leafClusters, shortcuts } = deps;
    const ports = { clock, random, log, metrics };
    this.#identities = createCache<Identity>({
      ...{ ...ports, api: central, cluster, type: resources.identities, retryRefusedMs: lookAgainMs },
      indexes: { leaf: (identity) => [identity.spec?.clusterID ?? ''] },
    });
    const reconcile = (name: string, { signal }: { readonly signal: AbortSignal }): Promise<Outcome> =>
      this.#reconcile(name, signal);
    this.#controller = createController({ ...ports, name: 'leafdiscovery', reconcile });
    const look = (name: string | undefined): void => {
      if (name !== undefined) this.#controller.enqueue(name);
    };
    this.#identities.onChange(({ before, after: now }) => {
      for (const identity of [before, now]) look(identity?.spec?.clusterID);
    });
    leafClusters.onChange(({ key }) => look(key));
    shortcuts.onChange(({ before, after: now }) => {
      // It may be the last that used a leaf.
      if (now === undefined) for (const { id } of before?.spec.clusters ?? []) look(id);
    });
  }

  /** Follows the Identities, as soon as Liqo is there and we may. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    const lookAtAll = (): void => {
      for (const { metadata } of this.#deps.leafClusters.list()) this.#controller.enqueue(metadata.name);
    };
    void this.#identities.whenSynced(signal).then(lookAtAll, () => undefined);
    await this.#identities.run(signal);
  }

  lead(signal: AbortSignal): Promise<void> {
    return this.#controller.run(signal);
  }

  async #reconcile(name: string, signal: AbortSignal): Promise<Outcome> {
    const { leafClusters, shortcuts, log } = this.#deps;
    // Identities that cannot be seen are not gone.
    if (!this.#identities.synced) return done();
    const leaf = leafClusters.get(name);
    const isUsed = shortcuts.byIndex('leaf', name).length > 0;
    const step = decideDiscovery(this.#identities.byIndex('leaf', name), leaf, isUsed);
    if (step === undefined) return done();
    try {
      await this.#carryOut(step, signal);
    } catch (err) {
      if (isApiError(err, 'AlreadyExists')) return done();
      if (step.kind === 'delete' || !(isApiError(err, 'Forbidden') || isApiError(err, 'Invalid'))) throw err;
      const { namespace } = step.leaf.spec.kubeconfigSecretRef;
      const advice = `list ${namespace} in controller.credentials.namespaces of the chart, or register the leaf by hand`;
      log.warn({ leaf: name, err, advice }, 'a LeafCluster for a leaf that Liqo is peered with is refused');
      return after(tryAgainMs);
    }
    return done();
  }

  async #carryOut(step: NonNullable<DiscoveryStep>, signal: AbortSignal): Promise<void> {
    const { central, leafClusters, log } = this.#deps;
    const { name } = step.leaf.metadata;
    if (step.kind === 'delete') {
      const { uid, resourceVersion } = step.leaf.metadata;
      await central.delete(kinds.leafClusters, { name }, { uid, resourceVersion, signal });
      log.info({ leaf: name }, 'LeafCluster deleted: Liqo is not peered with it any more');
    } else if (step.kind === 'create') {
      leafClusters.observe(await central.create(kinds.leafClusters, step.leaf, signal));
      log.info({ leaf: name }, 'LeafCluster made: Liqo is peered with it');
    } else {
      const operations = changesFor(step.leaf, step.found);
      leafClusters.observe(await guardedPatch(central, kinds.leafClusters, step.found, operations, { signal }));
      log.info({ leaf: name }, 'LeafCluster changed: Liqo reaches it by another Identity');
    }
  }
}

type DiscoveryStep =
  | { readonly kind: 'create'; readonly leaf: LeafCluster }
  | { readonly kind: 'delete'; readonly leaf: LeafCluster }
  /** What was found is to lead to the kubeconfig of `leaf`. */
  | { readonly kind: 'change'; readonly leaf: LeafCluster; readonly found: LeafCluster }
  | undefined;

/** What follows from the Identities of one leaf for its LeafCluster. */
function decideDiscovery(
  identities: readonly Identity[],
  found: LeafCluster | undefined,
  isUsed: boolean,
): DiscoveryStep {
  const wanted = identities
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined && metadata.labels?.[discoverLabel] !== 'false')
    .toSorted((a, b) => (objectKey(a) < objectKey(b) ? -1 : 1))
    .flatMap((identity) => discoveredLeaf(identity) ?? []);
  const [leaf] = wanted;
  if (found === undefined) return leaf && { kind: 'create', leaf };
  if (!isOurs(found)) return undefined;
  if (leaf !== undefined)
    return wanted.some((one) => hasSameSecret(one, found)) ? undefined : { kind: 'change', leaf, found };
  return isUsed || isOwing(found) ? undefined : { kind: 'delete', leaf: found };
}

/** The API server counts the versions of a spec: the last is the one that we made. */
const isOurs = ({ metadata: { annotations, generation, deletionTimestamp } }: LeafCluster): boolean =>
  annotations?.[discoveredAnnotation] !== undefined &&
  generation === Number(annotations[generationAnnotation] ?? 1) &&
  deletionTimestamp === undefined;

const hasSameSecret = ({ spec: { kubeconfigSecretRef: a } }: LeafCluster, { spec }: LeafCluster): boolean =>
  a.namespace === spec.kubeconfigSecretRef.namespace && a.name === spec.kubeconfigSecretRef.name;

function changesFor({ spec, metadata }: LeafCluster, found: LeafCluster): JsonPatchOperation[] {
  const annotations = {
    ...{ ...found.metadata.annotations, ...metadata.annotations },
    [generationAnnotation]: String((found.metadata.generation ?? 0) + 1),
  };
  return [
    { op: 'add', path: '/spec/kubeconfigSecretRef', value: spec.kubeconfigSecretRef },
    { op: 'add', path: '/metadata/annotations', value: annotations },
  ];
}

function discoveredLeaf(identity: Identity): LeafCluster | undefined {
  const found = readControlPlaneIdentity(identity);
  if (found === undefined) return undefined;
  return {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name: found.clusterID, annotations: { [discoveredAnnotation]: objectKey(identity) } },
    spec: { kubeconfigSecretRef: found.kubeconfigSecretRef },
  };
}
