import {
  after,
  type Cache,
  type Clock,
  createCache,
  createController,
  guardedPatch,
  type JsonPatchOperation,
  type KubeApi,
  type Logger,
  type Metrics,
  type Outcome,
  type Random,
  type ReconcileContext,
  type ResourceType,
} from '@leafway/reconciler';
import type { KeyPair, ServerNames } from '../tls/key-pair.ts';
import { createAuthorityMeasures } from './authority-measures.ts';
import { bundleRepairs, configurationTypes, type WebhookConfiguration } from './configurations.ts';
import { type AuthorityStep, decideAuthority } from './decide.ts';
import type { Issuer } from './issuer.ts';
import { type CertificateSecret, caBundleOf, readSecret, type SecretContent } from './secret-content.ts';
import { type AuthorityTimings, authorityTimings } from './timings.ts';
import { type SecretName, secretType, writeSecret } from './write-secret.ts';

/** The ports of an authority of our own. */
export interface AuthorityDependencies {
  /** The central cluster. */
  readonly api: KubeApi;
  readonly issuer: Issuer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Takes the pair that all replicas have to show, each time that the Secret was looked at. */
  readonly offer: (pair: KeyPair) => void;
}

/** Where certificates are kept, for whom they are, and who is told to trust them. */
export interface AuthorityOptions {
  readonly secret: SecretName;
  /** The name of both webhook configurations. */
  readonly configuration: string;
  readonly names: ServerNames;
  readonly timings?: AuthorityTimings;
}

interface FollowedConfiguration {
  readonly type: ResourceType;
  readonly cache: Cache<WebhookConfiguration>;
}

/** A configuration as it was seen, and what it lacks. */
interface Repair {
  readonly of: FollowedConfiguration;
  readonly found: WebhookConfiguration;
  readonly operations: readonly JsonPatchOperation[];
}

/** However long there is nothing to do, it is looked at so often: clocks can be set. */
const longestWaitMs = 3_600_000;

const retry = { backOff: { minMs: 50, maxMs: 30_000 } } as const;

/**
 * Keeps an authority in a Secret that all replicas share, and the webhook configurations trusting it, until the signal
 * aborts. Nobody leads: each replica looks, decides, and writes only what it has looked at, so of several that do the
 * same one succeeds and the others look again. Never rejects.
 */
export async function runAuthority(
  deps: AuthorityDependencies,
  options: AuthorityOptions,
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, log } = deps;
  const { secret: ref, names, timings = authorityTimings } = options;
  const measures = createAuthorityMeasures(deps.metrics);
  const ofName = (name: string) => ({ fieldSelector: `metadata.name=${name}` });
  const secrets = createCache<CertificateSecret>({
    ...deps,
    type: secretType,
    namespace: ref.namespace,
    ...ofName(ref.name),
  });
  const configurations: readonly FollowedConfiguration[] = configurationTypes.map((type) => ({
    type,
    cache: createCache<WebhookConfiguration>({ ...deps, type, ...ofName(options.configuration) }),
  }));
  /** Since when this process has seen which bundle in all configurations. */
  let trusted: { readonly bundle: string; readonly sinceMs: number } | undefined;

  function judge(secret: CertificateSecret | undefined, repairs: (bundle: string) => readonly Repair[]) {
    const content = secret === undefined ? undefined : readSecret(secret);
    const bundle = content === undefined ? '' : caBundleOf(content);
    const missing = content === undefined ? [] : repairs(bundle);
    const sinceMs = trusted?.bundle === bundle ? trusted.sinceMs : clock.monotonicMs();
    trusted = missing.length === 0 ? { bundle, sinceMs } : undefined;
    const trustedMs = clock.monotonicMs() - sinceMs;
    return { content, missing, step: decideAuthority({ content, names, now: clock.now(), trustedMs, timings }) };
  }

  function show({ authorities, pair }: SecretContent): void {
    measures.authorities(authorities.map(({ certificate }) => certificate.validToDate));
    deps.offer(pair);
  }

  /** Does the next thing, if there is one. What it writes comes back by watch and wakes it again. */
  async function reconcile(_: string, context: ReconcileContext): Promise<Outcome> {
    // In this order: a configuration is compared with a Secret that was read later. The Secret is written before the
    // configurations, so a replica whose watch of it lags never gives them an older bundle back.
    const seen = configurations.flatMap((of) => of.cache.list().map((found) => ({ of, found })));
    const repairs = (bundle: string): Repair[] =>
      seen
        .map(({ of, found }) => ({ of, found, operations: bundleRepairs(found, bundle) }))
        .filter(({ operations }) => operations.length > 0);
    const cached = judge(secrets.get(`${ref.namespace}/${ref.name}`), repairs);
    if (cached.content !== undefined) show(cached.content);
    if (cached.step.do === 'wait' && cached.missing.length === 0) return after(waitMs(cached.step, clock));

    const found = await api.get<CertificateSecret>(secretType, ref, context.signal);
    const { content, missing, step } = judge(found, repairs);
    if (step.do !== 'wait') {
      const written = await writeSecret(step, { ref, found, content, names, timings }, deps);
      log.info({ step: step.do, reason: step.reason, secret: ref }, 'the certificates in the Secret were changed');
      measures.written(step.do);
      secrets.observe(written);
      return after(0);
    }
    if (found !== undefined) secrets.observe(found);
    for (const { of, found: configuration, operations } of missing) {
      of.cache.observe(await guardedPatch(api, of.type, configuration, operations));
      log.info({ kind: of.type.kind, name: configuration.metadata.name }, 'caBundle was set');
      measures.repaired(of.type.kind);
    }
    return after(waitMs(step, clock));
  }

  const controller = createController({ name: 'certificates', reconcile, retry, ...deps, concurrency: 1 });
  const caches = [secrets, ...configurations.map(({ cache }) => cache)];
  for (const cache of caches) cache.onChange(() => controller.enqueue('certificates'));
  const following = caches.map((cache) => cache.run(signal));
  await Promise.all(caches.map((cache) => cache.whenSynced(signal))).catch(() => undefined);
  controller.enqueue('certificates');
  await Promise.all([...following, controller.run(signal)]);
}

function waitMs(step: Extract<AuthorityStep, { do: 'wait' }>, clock: Clock): number {
  return Math.min(longestWaitMs, Math.max(0, step.untilMs - clock.now().getTime()));
}
