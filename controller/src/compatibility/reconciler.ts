import { isDeepStrictEqual } from 'node:util';
import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import {
  type ApiError,
  addFinalizer,
  after,
  type Cache,
  type Clock,
  done,
  guardedPatch,
  isApiError,
  type KubeApi,
  type Outcome,
  type ResourceType,
} from '@leafway/reconciler';
import { type Connection, connectionFinalizer, finalizersBefore, isMadeFor, shortcutNameOf } from './connection.ts';
import { type ConnectionDecision, decideConnection, type ShortcutStep } from './decide.ts';
import type { MappingOptions } from './to-shortcut.ts';
import { connectionStatus } from './to-status.ts';

export interface ConnectionReconcilerDependencies extends MappingOptions {
  readonly central: KubeApi;
  readonly clock: Clock;
  /** Of which of the two kinds. */
  readonly type: ResourceType;
  readonly connections: Cache<Connection>;
  readonly shortcuts: Cache<VirtualNodeShortcut>;
}

/** What refused a shortcut, another one or a right, may change without our being told. */
const refusedAgainMs = 30_000;

/** Makes the shortcut of one connection what it shall be, and tells in the connection's status how it goes. */
export async function reconcileConnection(
  deps: ConnectionReconcilerDependencies,
  key: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = deps.connections.get(key);
  if (found === undefined) return done();
  if (found.metadata.deletionTimestamp !== undefined) return release(deps, found, signal);
  const connection = await addFinalizer(deps.central, deps.type, found, connectionFinalizer, signal);
  deps.connections.observe(connection);
  const decision = decideConnection(connection, deps.shortcuts.get(shortcutNameOf(connection)), deps);
  const carriedOut = await carryOut(deps, decision, signal);
  await writeStatus(deps, connection, carriedOut, signal);
  const { refusal } = carriedOut;
  if (isApiError(refusal, 'Unavailable')) throw refusal; // Tried again soon.
  return refusal === undefined ? done() : after(refusedAgainMs);
}

interface CarriedOut extends ConnectionDecision {
  readonly refusal?: ApiError;
}

/** The decision with the shortcut as it is after the step. A refusal by the API server becomes the acceptance. */
async function carryOut(
  deps: ConnectionReconcilerDependencies,
  decision: ConnectionDecision,
  signal: AbortSignal,
): Promise<CarriedOut> {
  if (decision.step === undefined) return decision;
  try {
    const shortcut = await perform(deps, decision.step, signal);
    return { ...decision, shortcut };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...decision, acceptance: { reason: 'Refused', message: error.message }, refusal: error };
  }
}

/** A webhook or a policy said no, or a webhook that is needed does not answer. */
const isRefusal = (error: unknown): error is ApiError =>
  isApiError(error, 'Invalid') || isApiError(error, 'Forbidden') || isApiError(error, 'Unavailable');

async function perform(
  { central, shortcuts }: ConnectionReconcilerDependencies,
  step: ShortcutStep,
  signal: AbortSignal,
): Promise<VirtualNodeShortcut> {
  const { name, uid } = step.shortcut.metadata;
  if (step.kind === 'delete') {
    await central.delete(kinds.shortcuts, { name }, { uid, signal });
    return step.shortcut; // Its changes wake us.
  }
  const written =
    step.kind === 'create'
      ? await central.create(kinds.shortcuts, step.shortcut, signal)
      : await guardedPatch(central, kinds.shortcuts, step.shortcut, step.operations, { signal });
  shortcuts.observe(written);
  return written;
}

/** Lets a connection go when its shortcut is gone, which goes first. */
async function release(
  deps: ConnectionReconcilerDependencies,
  connection: Connection,
  signal: AbortSignal,
): Promise<Outcome> {
  const finalizers = connection.metadata.finalizers ?? [];
  if (!finalizers.includes(connectionFinalizer) && !finalizers.some((one) => finalizersBefore.includes(one)))
    return done();
  const { central, type } = deps;
  const name = shortcutNameOf(connection);
  // The cache of one that has just begun to lead may not know yet what the one before made at the last moment.
  const shortcut =
    deps.shortcuts.get(name) ?? (await central.get<VirtualNodeShortcut>(kinds.shortcuts, { name }, signal));
  if (shortcut !== undefined && isMadeFor(shortcut, connection)) {
    if (shortcut.metadata.deletionTimestamp === undefined)
      await central.delete(kinds.shortcuts, { name }, { uid: shortcut.metadata.uid, signal });
    const message = `the VirtualNodeShortcut "${name}" is being removed`;
    await writeStatus(deps, connection, { acceptance: { reason: 'Deleting', message }, shortcut }, signal);
    return done(); // Its end wakes us.
  }
  const left = finalizers.filter((one) => one !== connectionFinalizer && !finalizersBefore.includes(one));
  const operations = [{ op: 'replace', path: '/metadata/finalizers', value: left }] as const;
  await guardedPatch(central, type, connection, operations, { signal }).catch((error: unknown) => {
    if (!isApiError(error, 'NotFound')) throw error;
  });
  return done();
}

/** The whole status: what the Foreign Cluster Connector wrote there before would stay beside applied fields. */
async function writeStatus(
  { central, clock, type, connections }: ConnectionReconcilerDependencies,
  connection: Connection,
  { acceptance, shortcut }: Pick<ConnectionDecision, 'acceptance' | 'shortcut'>,
  signal: AbortSignal,
): Promise<void> {
  const value = connectionStatus({ connection, acceptance, shortcut }, clock.now());
  if (isDeepStrictEqual(value, connection.status)) return;
  const operations = [{ op: 'add', path: '/status', value }] as const;
  connections.observe(await guardedPatch(central, type, connection, operations, { subresource: 'status', signal }));
}
