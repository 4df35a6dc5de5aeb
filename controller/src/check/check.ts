import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import { type Clock, isApiError, type KubeApi, leases, sleep } from '@leafway/reconciler';

export interface CheckDependencies {
  /** The central cluster. */
  readonly central: KubeApi;
  readonly clock: Clock;
}

/** How patient a check is, in milliseconds, and where it looks for a leader. */
export interface CheckOptions {
  /** How long each part may take to come up. */
  readonly timeoutMs: number;
  /** The lease by which the controllers agree on who leads. */
  readonly lease: { readonly namespace: string; readonly name: string };
}

/** What the check calls the shortcut that has to be refused; its leaves do not exist. */
const checkName = 'leafway-check';

const againMs = 1_000;

/**
 * Whether an installation works: the API server reaches the webhook, trusts it and follows it, and a controller leads.
 * Returns what does not, in sentences for people; nothing when all of it does. Leaves nothing behind. Throws `ApiError`
 * when it may not even try.
 */
export async function check(deps: CheckDependencies, options: CheckOptions, signal: AbortSignal): Promise<string[]> {
  const problems = await Promise.all([
    inTime(deps, options, signal, () => admissionProblem(deps.central, signal)),
    leaderProblem(deps, options, signal),
  ]);
  return problems.filter((problem) => problem !== undefined);
}

/** What `look` says in the end: asks again until there is no problem, or the time is over. */
async function inTime(
  { clock }: CheckDependencies,
  { timeoutMs }: CheckOptions,
  signal: AbortSignal,
  look: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const endMs = clock.monotonicMs() + timeoutMs;
  for (;;) {
    const problem = await look();
    if (problem === undefined || clock.monotonicMs() >= endMs) return problem;
    await sleep(clock, againMs, signal);
  }
}

/** Only the webhook knows which leaves exist, so only its refusal names one of them. */
async function admissionProblem(central: KubeApi, signal: AbortSignal): Promise<string | undefined> {
  const [first, second] = [`${checkName}-a`, `${checkName}-b`];
  const shortcut: VirtualNodeShortcut = {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'VirtualNodeShortcut',
    metadata: { name: checkName },
    spec: { clusters: [{ id: first }, { id: second }] },
  };
  try {
    await central.create(kinds.shortcuts, shortcut, signal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isApiError(error, 'Invalid') && error.message.includes(`there is no LeafCluster "${first}"`)) return undefined;
    if (isApiError(error, 'Forbidden') || isApiError(error, 'Unauthorized')) throw error;
    return `the webhook does not answer the API server: ${error.message}`;
  }
  await central.delete(kinds.shortcuts, { name: checkName }, { signal });
  return (
    `a VirtualNodeShortcut whose leaves do not exist was accepted (and is deleted again): the API server does not ask the ` +
    'webhook; the ValidatingWebhookConfiguration leafway is missing or was changed'
  );
}

/** Who leads renews the lease every few seconds; one that nobody renews was left by a controller that is gone. */
async function leaderProblem(
  { central, clock }: CheckDependencies,
  { lease: { namespace, name }, timeoutMs }: CheckOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const selection = { namespace, fieldSelector: `metadata.name=${name}`, signal: both };
  const timer = sleep(clock, timeoutMs, both).then(
    () => over.abort(),
    () => undefined,
  );
  try {
    await untilRenewed(central, clock, selection);
    return undefined;
  } catch (error) {
    if (!over.signal.aborted) throw error;
  } finally {
    over.abort();
    await timer;
  }
  signal.throwIfAborted();
  return `no controller leads: nobody renewed the Lease ${namespace}/${name} within ${timeoutMs / 1_000} s; look at the log of the Deployment leafway-controller`;
}

/** A watch that ends, or a server that is away, says nothing of the leader: then it looks again. Rejects when the signal aborts. */
async function untilRenewed(
  central: KubeApi,
  clock: Clock,
  selection: { readonly namespace: string; readonly fieldSelector: string; readonly signal: AbortSignal },
): Promise<void> {
  let before: { readonly version: string | undefined } | undefined;
  for (;;) {
    try {
      const { items, resourceVersion } = await central.list(leases, selection);
      const version = items[0]?.metadata.resourceVersion;
      if (before !== undefined && version !== undefined && version !== before.version) return;
      before = { version };
      for await (const { type } of central.watch(leases, { ...selection, resourceVersion })) {
        if (type === 'ADDED' || type === 'MODIFIED') return;
      }
    } catch (error) {
      if (!isApiError(error, 'Unavailable') && !isApiError(error, 'Throttled') && !isApiError(error, 'Gone'))
        throw error;
    }
    await sleep(clock, againMs, selection.signal);
  }
}
