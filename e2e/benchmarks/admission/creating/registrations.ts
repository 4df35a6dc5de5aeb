import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryCharts } from '@leafway/lab';
import type { KubeApi, KubeObject, ResourceType } from '@leafway/reconciler';
import { parse } from 'yaml';
import type { Side } from '../programs.ts';

/** By this label a shortcut chooses which of the two webhooks judges it. */
export const sideLabel = 'bench.leafway.dev/webhook';

interface WebhookConfiguration extends KubeObject {
  readonly webhooks: readonly { readonly clientConfig: { readonly service: { readonly path: string } } }[];
}

const files = {
  'mutating.yaml': resourceType('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  'validating.yaml': resourceType('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
} as const;

/**
 * Registers a webhook with an API server by the chart's own configurations, for the objects that carry its label alone:
 * both sides are registered at the same time and alike, so that neither the server nor the moment makes a difference.
 */
export async function registerSide(api: KubeApi, side: Side, webhook: { port: number; ca: string }): Promise<void> {
  for (const [file, type] of Object.entries(files)) {
    const path = join(repositoryCharts(), 'leafway/files/webhooks', file);
    const configuration = parse(await readFile(path, 'utf8')) as WebhookConfiguration;
    const webhooks = configuration.webhooks.map((each) => ({
      ...each,
      objectSelector: { matchLabels: { [sideLabel]: side } },
      clientConfig: {
        url: `https://127.0.0.1:${webhook.port}${each.clientConfig.service.path}`,
        caBundle: Buffer.from(webhook.ca).toString('base64'),
      },
    }));
    const metadata = { name: `${configuration.metadata.name}-${side}` };
    await api.create(type, { ...configuration, metadata, webhooks } as KubeObject);
  }
}

function resourceType(plural: string, kind: string): ResourceType {
  return { group: 'admissionregistration.k8s.io', version: 'v1', plural, kind, namespaced: false };
}
