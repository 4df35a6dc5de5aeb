import type { JsonPatchOperation, KubeObject, ResourceType } from '@leafway/reconciler';

/** A MutatingWebhookConfiguration or a ValidatingWebhookConfiguration, as much of it as is read here. */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

const registration = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false } as const;

/** The two kinds that tell API servers whom to ask. */
export const configurationTypes: readonly ResourceType[] = [
  { ...registration, plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' },
  { ...registration, plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' },
];

/** Entries of others may stand beside ours in one configuration. */
const ownSuffix = '.leafway.dev';

/** The operations that make all of our entries carry this bundle; none when they do. */
export function bundleRepairs({ webhooks = [] }: WebhookConfiguration, caBundle: string): JsonPatchOperation[] {
  return webhooks.flatMap(({ name, clientConfig }, index) => {
    if (!name.endsWith(ownSuffix) || clientConfig.caBundle === caBundle) return [];
    return [{ op: 'add' as const, path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }];
  });
}
