import { publicKeyFromSecret, resources, type Secret } from '@leafway/liqo';
import { isApiError } from '@leafway/reconciler';
import { userName } from '../leaf/account.ts';
import type { LeafTarget } from './act.ts';
import type { ReadKeyAction } from './actions.ts';
import { isSameGrant, keyRole } from './key-binding.ts';

/** An API server needs a moment until it judges by a binding that it has just stored. */
const patienceMs = [20, 50, 100, 200, 500, 1_000] as const;

/**
 * One `get` of the Secret named in the gateway's status; the public half is kept, nothing else. Where that is forbidden
 * we are bound at first to the role that allows it, in that namespace alone. Throws with what is missing and what to do
 * when we may not do that either.
 */
export async function readKey(target: LeafTarget, action: ReadKeyAction, signal: AbortSignal): Promise<void> {
  const { gateway, secret } = action;
  const found = (await read(target, action, signal)) ?? (await readOnceBound(target, action, signal));
  const publicKey = found === 'none' ? undefined : publicKeyFromSecret(found);
  if (publicKey === undefined)
    throw new Error(`Secret ${secret.namespace}/${secret.name} has no WireGuard key in publicKey`);
  target.learnKey(gateway.metadata.uid ?? '', publicKey);
}

/** `undefined` when we may not read it. */
async function read(
  { api }: LeafTarget,
  { secret }: ReadKeyAction,
  signal: AbortSignal,
): Promise<Secret | 'none' | undefined> {
  try {
    return (await api.get<Secret>(resources.secrets, secret, signal)) ?? 'none';
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

async function readOnceBound(target: LeafTarget, action: ReadKeyAction, signal: AbortSignal): Promise<Secret | 'none'> {
  await bind(target, action, signal);
  for (const ms of patienceMs) {
    await target.pause(ms, signal);
    const found = await read(target, action, signal);
    if (found !== undefined) return found;
  }
  throw new Error(
    `${whatIsRefused(action)}, although RoleBinding ${action.secret.namespace}/${keyRole} is there: ${remedy}`,
  );
}

async function bind(target: LeafTarget, action: ReadKeyAction, signal: AbortSignal): Promise<void> {
  const { binding, found, secret } = action;
  if (binding === undefined)
    throw new Error(
      `${whatIsRefused(action)}, and its credentials do not say which account it is, for a RoleBinding to ClusterRole ${keyRole}: make that RoleBinding in namespace ${secret.namespace} by hand, or use the account of the chart leafway-leaf`,
    );
  if (found !== undefined && isSameGrant(found, binding)) return;
  // What a binding binds to cannot be changed.
  if (found !== undefined)
    await target.api.delete(
      resources.roleBindings,
      { namespace: secret.namespace, name: found.metadata.name },
      { uid: found.metadata.uid, signal },
    );
  try {
    target.observe(await target.api.create(resources.roleBindings, binding, signal));
  } catch (error) {
    if (isApiError(error, 'AlreadyExists'))
      throw new Error(
        `${whatIsRefused(action)}; RoleBinding ${secret.namespace}/${keyRole}, which would allow it, is there and not ours: remove it`,
        { cause: error },
      );
    if (!isApiError(error, 'Forbidden') && !isApiError(error, 'Invalid')) throw error;
    throw new Error(
      `${whatIsRefused(action)}, nor bind itself to ClusterRole ${keyRole} there (${error.message}): ${remedy}`,
      {
        cause: error,
      },
    );
  }
}

const remedy = 'install or upgrade the chart leafway-leaf on that cluster';

/** Verb and resource stand in it as in a rule, for whoever has to add one. */
function whatIsRefused({ binding, secret }: ReadKeyAction): string {
  const [subject] = binding?.subjects ?? [];
  const who = subject === undefined ? "the centre's account" : userName(subject);
  return `${who} may not get secrets ${secret.namespace}/${secret.name}`;
}
