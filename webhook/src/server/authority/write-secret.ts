import { type Clock, guardedPatch, type KubeApi, type ResourceType } from '@leafway/reconciler';
import type { ServerNames } from '../tls/key-pair.ts';
import type { AuthorityStep } from './decide.ts';
import type { Issuer } from './issuer.ts';
import { type CertificateSecret, type SecretContent, type Signer, secretData } from './secret-content.ts';
import type { AuthorityTimings } from './timings.ts';

export const secretType: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  kind: 'Secret',
  namespaced: true,
};

/** Which Secret it is. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

export interface WriteSecretDependencies {
  readonly api: KubeApi;
  readonly issuer: Issuer;
  readonly clock: Pick<Clock, 'now'>;
}

/** A step that writes. */
export type WritingStep = Exclude<AuthorityStep, { readonly do: 'wait' }>;

/** The Secret as it was seen when the step was decided, and what it has to be good for. */
export interface SecretContext {
  readonly ref: SecretName;
  readonly found: CertificateSecret | undefined;
  readonly content: SecretContent | undefined;
  readonly names: ServerNames;
  readonly timings: AuthorityTimings;
}

/**
 * Carries out one step and resolves with the Secret as it is then. Throws `AlreadyExists` or `Conflict` when another
 * replica was faster: look again.
 */
export async function writeSecret(
  step: WritingStep,
  context: SecretContext,
  deps: WriteSecretDependencies,
): Promise<CertificateSecret> {
  const { ref, found } = context;
  const data = await dataAfter(step, context, deps);
  if (found === undefined) {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { ...ref }, type: 'kubernetes.io/tls', data };
    return deps.api.create<CertificateSecret>(secretType, secret);
  }
  return guardedPatch(deps.api, secretType, found, [{ op: 'add', path: '/data', value: data }]);
}

async function dataAfter(
  step: WritingStep,
  { content, names, timings }: SecretContext,
  { issuer, clock }: WriteSecretDependencies,
): Promise<Record<string, string>> {
  const now = clock.now();
  /** No pair outlives its authority. */
  const pairOf = (signer: Signer, endMs: number, wanted: ServerNames) =>
    issuer.pair(signer, wanted, now, Math.min(timings.pairMs, endMs - now.getTime()));
  switch (step.do) {
    case 'create':
    case 'replace': {
      const signer = await issuer.authority(now, timings.authorityMs);
      return secretData([signer.cert], signer, await pairOf(signer, now.getTime() + timings.authorityMs, names));
    }
    case 'renew-authority': {
      const signer = await issuer.authority(now, timings.authorityMs);
      return secretData([signer.cert, ...step.keep], signer, content?.pair ?? { cert: '', key: '' });
    }
    case 'renew-pair': {
      const endMs = content?.authorities[0]?.certificate.validToDate.getTime() ?? 0;
      return secretData(step.keep, step.signer, await pairOf(step.signer, endMs, step.names));
    }
    case 'drop-authorities':
      return secretData(step.keep, step.signer, content?.pair ?? { cert: '', key: '' });
  }
}
