import type { KubeApi, KubeObject } from '@leafway/reconciler';
import { failed } from '../errors.ts';
import { definitions, gatekeepers } from './installed-objects.ts';
import { type Present, present } from './look-up.ts';

/** As much of a webhook configuration, or of another object, as says where Leafway is. */
type Pointing = KubeObject & {
  readonly webhooks?: readonly { readonly clientConfig: { readonly service?: { readonly namespace: string } } }[];
};

/**
 * The namespace in which Leafway is installed: where the API server asks its webhook, else what Helm wrote on what it
 * installed. `given` is what the user says, who knows best where nothing tells. Throws `CliError` when he says another one
 * than the installation, and `ApiError`.
 */
export async function findNamespace(api: KubeApi, given: string | undefined, signal: AbortSignal): Promise<string> {
  const [standing, kept] = await Promise.all([gatekeepers, definitions].map((refs) => present(api, refs, signal)));
  const found = standing?.map(serviceNamespace).find(isKnown) ?? standing?.map(releaseNamespace).find(isKnown);
  if (found !== undefined && given !== undefined && given !== found) {
    throw failed(
      `Leafway is installed in the namespace ${found}, not in ${given}: nothing was removed; leave --namespace out`,
    );
  }
  // Definitions may come from another release than the rest.
  return found ?? given ?? kept?.map(releaseNamespace).find(isKnown) ?? 'leafway-system';
}

const isKnown = (namespace: string | undefined): namespace is string => namespace !== undefined;

function serviceNamespace({ object }: Present): string | undefined {
  const { webhooks = [] } = object as Pointing;
  return webhooks.map(({ clientConfig }) => clientConfig.service?.namespace).find(isKnown);
}

const releaseNamespace = ({ object }: Present): string | undefined =>
  object.metadata.annotations?.['meta.helm.sh/release-namespace'];
