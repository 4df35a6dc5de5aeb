import { isDeepStrictEqual } from 'node:util';
import { parseCidr, safeParseCidr } from '@leafway/core';
import { type Configuration, labelKeys, readUsedRanges } from '@leafway/liqo';
import {
  type Clock,
  done,
  escapePointer,
  type Outcome,
  objectKey,
  type ReconcileContext,
  setCondition,
} from '@leafway/reconciler';
import { decideNames, type NamesDecision, namesCondition, type TakenRange } from '../ipam/remote-names.ts';
import { type Caches, isStaying, remotesOf } from './caches.ts';
import type { OwnRanges } from './own-objects.ts';
import { Problem, type Problems } from './problems.ts';
import type { Writer } from './writes.ts';

export interface ConfigurationsDeps {
  readonly caches: Caches;
  readonly writer: Writer<Configuration>;
  readonly ranges: OwnRanges;
  readonly clock: Clock;
  readonly problems: Problems;
}

/**
 * Answers Configurations: gives names to the remote's ranges and says that they are ready in both ways that readers
 * look at (as in Liqo 1.2). To be run one at a time, since each answer takes ranges away from the next.
 */
export function createConfigurationReconciler({ caches, writer, ranges, clock, problems }: ConfigurationsDeps) {
  const local = { cidr: { pod: ranges.pod.map(({ text }) => text), external: [ranges.external.text] } };
  return async (key: string, { signal }: ReconcileContext): Promise<Outcome> => {
    const found = caches.configurations.get(key);
    const subject = `configuration ${key}`;
    if (found === undefined || !isStaying(found)) {
      problems.update(subject, undefined);
      return done();
    }
    const decision = decide(caches, found);
    problems.update(
      subject,
      decision.ok ? undefined : new Problem(found, { reason: decision.reason, action: 'NameRanges' }, decision.message),
    );
    const hasLocal = isDeepStrictEqual(found.spec?.local, local);
    // It changes the generation, which the condition must name: so it goes first.
    const complete = hasLocal
      ? found
      : await writer.patch(found, [{ op: 'add', path: '/spec/local', value: local }], signal);
    const answered = await writer.setStatus(complete, nextStatus(complete, decision, clock.now()), signal);
    await setConfigured(writer, answered, decision.ok, signal);
    return done();
  };
}

function decide(
  caches: Caches,
  configuration: Configuration,
): NamesDecision | { ok: false; reason: 'RemoteClusterIDMissing'; message: string } {
  if (remotesOf(configuration).length === 0) {
    const message = `the label ${labelKeys.remoteClusterID} is missing or is not a cluster ID: set it to the remote cluster's ID`;
    return { ok: false, reason: 'RemoteClusterIDMissing', message };
  }
  const own = objectKey(configuration);
  const others = caches.configurations.list().filter((other) => objectKey(other) !== own);
  return decideNames(configuration, takenRanges(caches, others));
}

/** A Network that has no answer yet will get exactly what it asks for. */
function takenRanges(caches: Caches, others: readonly Configuration[]): TakenRange[] {
  const networks = caches.networks
    .list()
    .map((network) => ({ ...network, status: { cidr: network.status?.cidr ?? network.spec?.cidr ?? '' } }));
  return readUsedRanges(networks, others).flatMap(({ cidr, owner }) =>
    safeParseCidr(cidr).ok ? [{ cidr: parseCidr(cidr), owner }] : [],
  );
}

/** While there are no names to give, those given earlier stay: somebody may use them. */
function nextStatus(
  configuration: Configuration,
  decision: ReturnType<typeof decide>,
  now: Date,
): NonNullable<Configuration['status']> {
  const { status, metadata } = configuration;
  const condition = decision.ok
    ? { status: 'True' as const, reason: namesCondition, message: 'All network CIDRs are configured' }
    : { status: 'False' as const, reason: decision.reason, message: decision.message };
  const generation = metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
  return {
    ...status,
    ...(decision.ok ? { remote: { cidr: { pod: [...decision.pod], external: [...decision.external] } } } : {}),
    conditions: setCondition(status?.conditions ?? [], { type: namesCondition, ...condition, ...generation }, now),
  };
}

/** Readers of before Liqo 1.2 look at this label alone. */
async function setConfigured(
  writer: Writer<Configuration>,
  configuration: Configuration,
  isReady: boolean,
  signal: AbortSignal,
): Promise<void> {
  const isMarked = configuration.metadata.labels?.[labelKeys.configured] === 'true';
  if (isMarked === isReady || configuration.metadata.labels === undefined) return;
  const path = `/metadata/labels/${escapePointer(labelKeys.configured)}`;
  await writer.patch(configuration, [isReady ? { op: 'add', path, value: 'true' } : { op: 'remove', path }], signal);
}
