import { join } from 'node:path';
import { kinds, type LeafCluster } from '@leafway/core';
import { resources } from '@leafway/liqo';
import type { KubeObject } from '@leafway/reconciler';
import { readManifestsIn } from './chart-files.ts';
import { type ClusterAdmin, createObject, waitForObject } from './objects.ts';
import { leafwayNamespace, resourceTypes } from './resource-types.ts';

const leafTimeoutMs = 60_000;

/** A webhook configuration as far as the set-up fills it in. */
interface WebhookConfiguration extends KubeObject {
  readonly webhooks: readonly {
    readonly clientConfig: { readonly service: { readonly path: string } };
  }[];
}

/** Registers the webhook process with the API server of the centre: the chart's configurations, with its address. */
export async function registerWebhook(
  centre: ClusterAdmin,
  webhook: { readonly port: number; readonly ca: string },
  charts: string,
): Promise<void> {
  const configurations = await readManifestsIn<WebhookConfiguration>(join(charts, 'leafway/files/webhooks'));
  for (const configuration of configurations) {
    const isMutating = configuration.kind === resourceTypes.mutatingWebhooks.kind;
    await createObject(
      centre,
      isMutating ? resourceTypes.mutatingWebhooks : resourceTypes.validatingWebhooks,
      addressedTo(configuration, webhook),
    );
  }
}

/** The lab has no Services: the API server finds the webhook on the machine itself. */
function addressedTo(
  configuration: WebhookConfiguration,
  { port, ca }: { readonly port: number; readonly ca: string },
): KubeObject {
  const caBundle = Buffer.from(ca).toString('base64');
  const webhooks = configuration.webhooks.map((webhook) => {
    const url = `https://127.0.0.1:${port}${webhook.clientConfig.service.path}`;
    return { ...webhook, clientConfig: { url, caBundle } };
  });
  return { ...configuration, webhooks } as KubeObject;
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
