import { type LiqoObject, publicKeyFromSecret, resources, type Secret } from '@leafway/liqo';
import { isApiError, type JsonPatchOperation, type KubeApi } from '@leafway/reconciler';
import type { LeafAction } from './actions.ts';
import { namespaceContents } from './namespace-contents.ts';
import { giveUp } from './teardown.ts';

/** Where actions on one leaf have their effect. */
export interface LeafTarget {
  readonly id: string;
  readonly api: KubeApi;
  /** Takes the answer of a write into the leaf's cache, so that the next decision already sees it. */
  observe(object: LiqoObject): void;
  /** Takes a public key that was read from a Secret. */
  learnKey(gatewayUID: string, publicKey: string): void;
}

/** An action that failed: on which leaf, doing what. */
export class LeafActionError extends Error {
  readonly leaf: string;
  constructor(leaf: string, cause: unknown) {
    super(`${leaf}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'LeafActionError';
    this.leaf = leaf;
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
    case 'deleteNamespaceIfEmpty':
      return removeNamespace(target, action.object, signal);
    case 'readKey':
      return readKey(target, action, signal);
  }
}

/** `POST`, never an overwrite: creating is the lock for a pair. What is there already, the watch will show. */
async function create(
  target: LeafTarget,
  { resource, object }: Extract<LeafAction, { kind: 'create' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    target.observe(await target.api.create(resource, object, signal));
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}

/** Only the object that was looked at: somebody else's change in between makes the patch fail, and us look again. */
async function patch(
  target: LeafTarget,
  { resource, object, operations }: Extract<LeafAction, { kind: 'patch' }>,
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const guarded: JsonPatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    ...operations,
  ];
  target.observe(await target.api.patch(resource, { name, namespace }, guarded, { signal }));
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

async function removeNamespace(target: LeafTarget, object: LiqoObject, signal: AbortSignal): Promise<void> {
  const resource = resources.namespaces;
  const foreign = await namespaceContents(target.api, object.metadata.name, signal);
  if (foreign.length === 0) return remove(target, { kind: 'delete', resource, object }, signal);
  return perform(target, giveUp({ resource, object }), signal);
}

/** One `get` of the Secret named in the gateway's status; the public half is kept, nothing else. */
async function readKey(
  target: LeafTarget,
  { gateway, secret }: Extract<LeafAction, { kind: 'readKey' }>,
  signal: AbortSignal,
): Promise<void> {
  const found = await target.api.get<Secret>(resources.secrets, secret, signal);
  const publicKey = found === undefined ? undefined : publicKeyFromSecret(found);
  if (publicKey === undefined) {
    throw new Error(`Secret ${secret.namespace}/${secret.name} has no WireGuard key in publicKey`);
  }
  target.learnKey(gateway.metadata.uid ?? '', publicKey);
}
