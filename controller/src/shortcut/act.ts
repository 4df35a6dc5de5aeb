import { type LiqoObject, labelKeys, remoteClusterIDOf, resources } from '@leafway/liqo';
import { guardedPatch, isApiError, type KubeApi } from '@leafway/reconciler';
import { fieldManager } from '../field-manager.ts';
import type { LeafAction } from './actions.ts';
import { differenceOf } from './difference.ts';
import { fieldOwner } from './field-owner.ts';
import { removeForeignCluster } from './foreign-cluster.ts';
import { hasPeering, isUsedByOthers } from './foreign-objects.ts';
import { isOwnedBy } from './observation.ts';
import { readKey } from './read-key.ts';
import { giveUp } from './teardown.ts';

/** Where actions on one leaf have their effect. */
export interface LeafTarget {
  readonly id: string;
  readonly api: KubeApi;
  /** Takes the answer of a write into the leaf's cache, so that the next decision already sees it. */
  observe(object: LiqoObject): void;
  /** Takes a public key that was read from a Secret. */
  learnKey(gatewayUID: string, publicKey: string): void;
  /** That manager changed an object which is about to be brought back. */
  blame?(object: LiqoObject, manager: string): void;
  /** Resolves after that time, or when the signal aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** An action that failed: on which leaf, doing what. */
export class LeafActionError extends Error {
  constructor(leaf: string, cause: unknown) {
    super(`${leaf}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'LeafActionError';
  }
}

/** Performs the actions of one leaf in their order; the first that fails ends them. */
export async function act(target: LeafTarget, actions: readonly LeafAction[], signal: AbortSignal): Promise<void> {
  try {
    for (const action of actions) await perform(target, action, signal);
  } catch (error) {
    throw new LeafActionError(target.id, error);
  }
}

async function perform(target: LeafTarget, action: LeafAction, signal: AbortSignal): Promise<void> {
  switch (action.kind) {
    case 'create':
      return create(target, action, signal);
    case 'patch':
      return patch(target, action, signal);
    case 'delete':
      return remove(target, action, signal);
    case 'deleteUnlessPeered':
      return removeUnlessPeered(target, action, signal);
    case 'deleteNamespaceIfEmpty':
      return removeNamespace(target, action.object, signal);
    case 'readKey':
      return readKey(target, action, signal);
  }
}

/**
 * `POST`, never an overwrite: creating is the lock for a pair. What stands there already is for the next decision to
 * judge; what the watches can never show, because its label is missing, would stand in the way for ever.
 */
async function create(
  target: LeafTarget,
  { resource, object }: Extract<LeafAction, { kind: 'create' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    target.observe(await target.api.create(resource, object, signal));
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const { name, namespace } = object.metadata;
    const found = await target.api.get<LiqoObject>(resource, { name, namespace }, signal);
    if (found === undefined) return;
    const missing = missingLabel(object, found);
    if (missing === undefined) return target.observe(found);
    // Somebody took the label off what is ours.
    const shortcutUID = object.metadata.labels?.[labelKeys.shortcutUID];
    if (shortcutUID !== undefined && isOwnedBy(found, shortcutUID)) {
      return patch(target, { kind: 'patch', resource, object: found, operations: differenceOf(object, found) }, signal);
    }
    const what = `${resource.kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
    throw new Error(`${what} exists without the label ${missing}: add the label, or remove the object`);
  }
}

/** The label by which an object of a link is found, if the object that stands in its place lacks it. */
function missingLabel(wanted: LiqoObject, found: LiqoObject): string | undefined {
  const remoteClusterID = remoteClusterIDOf(wanted);
  if (remoteClusterIDOf(found) !== remoteClusterID) return `${labelKeys.remoteClusterID}=${remoteClusterID}`;
  const isTenant = wanted.metadata.labels?.[labelKeys.tenantNamespace] !== undefined;
  const hasTenant = found.metadata.labels?.[labelKeys.tenantNamespace] !== undefined;
  return isTenant && !hasTenant ? `${labelKeys.tenantNamespace}=true` : undefined;
}

/** Only the object that was looked at: somebody else's change in between makes the patch fail, and us look again. */
async function patch(
  target: LeafTarget,
  action: Extract<LeafAction, { kind: 'patch' }>,
  signal: AbortSignal,
): Promise<void> {
  const { resource, object, operations } = action;
  if (action.undoes === true) await findOwner(target, action, signal);
  target.observe(await guardedPatch<LiqoObject>(target.api, resource, object, operations, { signal }));
}

/** The caches drop what tells it, so it is read; afterwards the fields are ours. Without an answer it stays unknown. */
async function findOwner(
  { api, blame }: LeafTarget,
  { resource, object, operations }: Extract<LeafAction, { kind: 'patch' }>,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace } = object.metadata;
  const found = await api.get<LiqoObject>(resource, { name, namespace }, signal).catch(() => undefined);
  const manager = found === undefined ? undefined : fieldOwner(found, operations, fieldManager);
  if (manager !== undefined) blame?.(object, manager);
}

async function remove(
  target: LeafTarget,
  { resource, object }: Extract<LeafAction, { kind: 'delete' }>,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, uid } = object.metadata;
  try {
    await target.api.delete(resource, { name, namespace }, { uid, propagationPolicy: 'Background', signal });
  } catch (error) {
    // Another object stands under that name now: ours is gone.
    if (!isApiError(error, 'Conflict')) throw error;
  }
}

async function removeUnlessPeered(
  target: LeafTarget,
  { resource, object }: Extract<LeafAction, { kind: 'deleteUnlessPeered' }>,
  signal: AbortSignal,
): Promise<void> {
  const needed = await hasPeering(target.api, remoteClusterIDOf(object) ?? '', signal);
  return perform(target, needed ? giveUp({ resource, object }) : { kind: 'delete', resource, object }, signal);
}

async function removeNamespace(target: LeafTarget, object: LiqoObject, signal: AbortSignal): Promise<void> {
  const resource = resources.namespaces;
  const { name } = object.metadata;
  const foreign = await isUsedByOthers(target.api, name, signal);
  if (foreign) return perform(target, giveUp({ resource, object }), signal);
  await removeForeignCluster(target.api, object, signal);
  await remove(target, { kind: 'delete', resource, object }, signal);
  // It stays for some seconds. Seen at once, the next look does not search all of it again.
  const leaving = await target.api.get<LiqoObject>(resource, { name }, signal);
  if (leaving !== undefined) target.observe(leaving);
}
