import { isDeepStrictEqual } from 'node:util';
import { credentialWarningMs } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import {
  type Clock,
  type ClusterConnection,
  createCache,
  type KubeApi,
  type Logger,
  type Random,
  sleep,
} from '@leafway/reconciler';
import { lookAgainMs, runUnlessRefused } from '../optional-cache.ts';
import { type KubeconfigSecretRef, kubeconfigIn, readCredentials } from '../secret-ref.ts';

/** Where the credentials for one leaf come from. */
export interface KubeconfigSource {
  /** Another Secret is meant than the one that was read last. */
  readonly isMoving: () => boolean;
  /** Reads them anew; what it gives throws, with a sentence that names the Secret, where that holds nothing of use. */
  read(signal: AbortSignal): Promise<() => ClusterConnection>;
  /**
   * Calls `onChange` with each version of the Secret, the one of now included, as soon as it is there, and with what there is
   * when another Secret is meant; what it is given throws as for `read`. Works until the signal aborts. Never rejects.
   */
  follow(user: KubeconfigUser, signal: AbortSignal): Promise<void>;
}

/** Who wants to know of new credentials. */
export interface KubeconfigUser {
  readonly onChange: (credentials: () => ClusterConnection) => void;
  /** When what is used now is of no use any more. */
  readonly expiresAt: () => Date | undefined;
  /** What was found last is not what is used. */
  readonly isUnused: () => boolean;
}

export interface KubeconfigSourceDependencies {
  readonly central: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Which Secret is meant; it may become another one. */
export class SecretPointer {
  /** What is in the one that is meant now has not been told yet. */
  isMoving = false;
  #ref: KubeconfigSecretRef;
  #move = new AbortController();

  constructor(ref: KubeconfigSecretRef) {
    this.#ref = ref;
  }

  get ref(): KubeconfigSecretRef {
    return this.#ref;
  }

  /** Aborts when another Secret is meant than now. */
  get moved(): AbortSignal {
    return this.#move.signal;
  }

  pointTo(ref: KubeconfigSecretRef): void {
    if (isDeepStrictEqual(ref, this.#ref)) return;
    this.#ref = ref;
    this.isMoving = true;
    this.#move.abort();
    this.#move = new AbortController();
  }
}

const renewalMs = 3_600_000;

/**
 * The Secret that is meant on the central cluster, followed by a watch of this one name. Where the controller may only get
 * it, it is looked at every hour while plans warn that it expires, since Liqo renews credentials by itself; and sooner while
 * what was found is not used, since somebody is told to put something better there.
 */
export function createKubeconfigSource(deps: KubeconfigSourceDependencies, secret: SecretPointer): KubeconfigSource {
  return {
    isMoving: () => secret.isMoving,
    read: (signal) => lookUp(deps, secret.ref, signal),
    follow: async (user, signal) => {
      for (let isAnother = false; !signal.aborted; isAnother = true) {
        const { ref, moved } = secret;
        const whileMeant = AbortSignal.any([signal, moved]);
        const onChange: KubeconfigUser['onChange'] = (found) => {
          secret.isMoving = false;
          user.onChange(found);
        };
        if (isAnother) {
          const found = await lookUp(deps, ref, whileMeant);
          if (!whileMeant.aborted) onChange(found);
        }
        await followOne(deps, ref, user, whileMeant);
      }
    },
  };
}

/** Gives what that Secret holds now, or throws why that cannot be used. Never rejects. */
async function lookUp(
  { central }: KubeconfigSourceDependencies,
  ref: KubeconfigSecretRef,
  signal: AbortSignal,
): Promise<() => ClusterConnection> {
  return readCredentials(central, ref, signal).then(
    (credentials) => () => credentials,
    (error: unknown) => () => {
      throw error;
    },
  );
}

async function followOne(
  deps: KubeconfigSourceDependencies,
  ref: KubeconfigSecretRef,
  { onChange, expiresAt, isUnused }: KubeconfigUser,
  signal: AbortSignal,
): Promise<void> {
  const { central, clock } = deps;
  const { namespace, name } = ref;
  const cache = createCache<Secret>({
    ...{ ...deps, api: central, type: resources.secrets, namespace },
    ...{ fieldSelector: `metadata.name=${name}`, keeps: 'versions' },
  });
  cache.onChange(({ after }) => onChange(() => kubeconfigIn(ref, after)));
  await runUnlessRefused(cache, signal);
  let lookedMs = clock.monotonicMs();
  while (!signal.aborted) {
    await sleep(clock, lookAgainMs, signal);
    const leftMs = (expiresAt()?.getTime() ?? Number.POSITIVE_INFINITY) - clock.now().getTime();
    const isDue = leftMs <= credentialWarningMs && clock.monotonicMs() - lookedMs >= renewalMs;
    if (signal.aborted || !(isDue || isUnused())) continue;
    lookedMs = clock.monotonicMs();
    // What cannot be read says so to whoever needs it next.
    await readCredentials(central, ref, signal).then(
      (credentials) => onChange(() => credentials),
      () => undefined,
    );
  }
}
