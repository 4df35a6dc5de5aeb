import { kinds, type LeafCluster } from '@leafway/core';
import { resources } from '@leafway/liqo';
import type { KubeObject } from '@leafway/reconciler';
import { type ClusterAdmin, createObject, waitForObject } from './objects.ts';
import { leafwayNamespace, resourceTypes } from './resource-types.ts';

const leafTimeoutMs = 60_000;

/** Finalizers and status never depend on the webhook: only a new object or a changed spec is asked about. */
const onlyNewSpecs = [
  { name: 'new-spec', expression: "request.operation == 'CREATE' || object.spec != oldObject.spec" },
];

/** Registers the webhook process with the API server of the centre. */
export async function registerWebhook(
  centre: ClusterAdmin,
  webhook: { readonly port: number; readonly ca: string },
): Promise<void> {
  await createObject(
    centre,
    resourceTypes.mutatingWebhooks,
    webhookConfiguration('mutate', webhook, ['virtualnodeshortcuts']),
  );
  await createObject(
    centre,
    resourceTypes.validatingWebhooks,
    webhookConfiguration('validate', webhook, ['virtualnodeshortcuts', 'leafclusters']),
  );
}

function webhookConfiguration(
  path: 'mutate' | 'validate',
  { port, ca }: { readonly port: number; readonly ca: string },
  plurals: readonly string[],
): KubeObject & { webhooks: unknown } {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: path === 'mutate' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration',
    metadata: { name: 'leafway' },
    webhooks: [
      {
        name: `${path}.leafway.dev`,
        admissionReviewVersions: ['v1'],
        clientConfig: { url: `https://127.0.0.1:${port}/${path}`, caBundle: Buffer.from(ca).toString('base64') },
        rules: [
          {
            apiGroups: ['leafway.dev'],
            apiVersions: ['v1alpha1'],
            operations: ['CREATE', 'UPDATE'],
            resources: plurals,
            scope: 'Cluster',
          },
        ],
        matchConditions: onlyNewSpecs,
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 3,
      },
    ],
  };
}

/** Registers a leaf at the centre: the Secret with its kubeconfig, and the LeafCluster that names it. */
export async function registerLeaf(centre: ClusterAdmin, leaf: string, kubeconfig: string): Promise<void> {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `leaf-${leaf}`, namespace: leafwayNamespace },
    type: 'Opaque',
    data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
  };
  await createObject(centre, resources.secrets, secret);
  const leafCluster: LeafCluster = {
    apiVersion: 'leafway.dev/v1alpha1',
    kind: 'LeafCluster',
    metadata: { name: leaf },
    spec: { kubeconfigSecretRef: { namespace: leafwayNamespace, name: secret.metadata.name, key: 'kubeconfig' } },
  };
  await createObject(centre, kinds.leafClusters, leafCluster);
}

/** Waits until the controller knows what it needs of a leaf. */
export async function waitUntilLeafReady(centre: ClusterAdmin, leaf: string): Promise<void> {
  await waitForObject<LeafCluster, true>(centre, {
    type: kinds.leafClusters,
    name: leaf,
    what: `the LeafCluster ${leaf} being Ready`,
    accept: ({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') || undefined,
    timeoutMs: leafTimeoutMs,
  });
}
