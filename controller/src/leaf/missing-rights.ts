import { type Clock, type KubeApi, type KubeObject, type ResourceType, sleep } from '@leafway/reconciler';
import type { NeededRights, Right } from './rights.ts';

interface ResourceRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface RulesReview extends KubeObject {
  readonly spec: { readonly namespace: string };
  readonly status?: { readonly resourceRules?: readonly ResourceRule[] };
}

interface AccessReview extends KubeObject {
  readonly spec: { readonly resourceAttributes: Right };
  readonly status?: { readonly allowed?: boolean };
}

const review = (plural: string, kind: string): ResourceType => ({
  ...{ group: 'authorization.k8s.io', version: 'v1', plural, kind },
  namespaced: false,
});
/** Everybody may ask both. */
const rulesReviews = review('selfsubjectrulesreviews', 'SelfSubjectRulesReview');
const accessReviews = review('selfsubjectaccessreviews', 'SelfSubjectAccessReview');

/**
 * RBAC answers with what holds in a namespace: the rules of ClusterRoleBindings, and those of its RoleBindings. In one
 * that does not exist only the first are left, and these hold everywhere.
 */
const nowhere = 'leafway-no-such-namespace';

/** A leaf that refuses everything is not to be stormed. */
const pauseMs = 150;

/**
 * Those of the rights that we do not have on a cluster, in their order. Rules are asked for in one or two requests; what
 * they do not give is asked for one by one, since other authorizers than RBAC may give it and not say so. Throws
 * `ApiError` when the cluster does not answer.
 */
export async function missingRights(
  api: KubeApi,
  { vital, useful }: NeededRights,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Right[]> {
  const rules = await rulesIn(api, nowhere, signal);
  let open = [...vital, ...useful].filter((right) => !rules.some((rule) => gives(rule, right)));
  for (const namespace of new Set(open.flatMap((right) => right.namespace ?? []))) {
    const there = await rulesIn(api, namespace, signal);
    open = open.filter((right) => right.namespace !== namespace || !there.some((rule) => gives(rule, right)));
  }
  const missing: Right[] = [];
  for (const right of open) {
    signal.throwIfAborted();
    if (!(await isAllowed(api, right, signal))) missing.push(right);
    await sleep(clock, pauseMs, signal);
  }
  return missing;
}

async function rulesIn(api: KubeApi, namespace: string, signal: AbortSignal): Promise<readonly ResourceRule[]> {
  const { status } = await ask<RulesReview>(api, rulesReviews, { namespace }, signal);
  return status?.resourceRules ?? [];
}

async function isAllowed(api: KubeApi, right: Right, signal: AbortSignal): Promise<boolean> {
  const { status } = await ask<AccessReview>(api, accessReviews, { resourceAttributes: right }, signal);
  return status?.allowed === true;
}

/** A review is answered, and kept nowhere: it has no name. */
function ask<T extends KubeObject & { readonly spec: unknown }>(
  api: KubeApi,
  type: ResourceType,
  spec: T['spec'],
  signal: AbortSignal,
): Promise<T> {
  const object = { apiVersion: `${type.group}/${type.version}`, kind: type.kind, metadata: {}, spec };
  return api.create<T>(type, object as unknown as T, signal);
}

/** A rule for objects of certain names gives nothing here: all of a kind are meant. */
function gives({ verbs, apiGroups, resources, resourceNames }: ResourceRule, right: Right): boolean {
  const has = (values: readonly string[] | undefined, value: string): boolean =>
    values?.some((one) => one === '*' || one === value) === true;
  const isForAll = (resourceNames ?? []).length === 0;
  return isForAll && has(verbs, right.verb) && has(apiGroups, right.group) && has(resources, right.resource);
}
