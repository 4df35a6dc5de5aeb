import type { ObjectMeta } from '@leafway/core';
import { apiVersionOf, type LiqoResource } from '../api/resources.ts';

/** What a caller may add to every object: our marks, or an owner on the same cluster. */
export interface ExtraMetadata {
  readonly labels?: Record<string, string> | undefined;
  readonly annotations?: Record<string, string> | undefined;
  readonly ownerReferences?: ObjectMeta['ownerReferences'] | undefined;
}

/** The head of an object; empty maps are left out, so that what is written is what was meant. */
export function objectHead(
  resource: LiqoResource,
  identity: { name: string; namespace?: string | undefined },
  labels: Record<string, string>,
  extra: ExtraMetadata = {},
): { apiVersion: string; kind: string; metadata: ObjectMeta } {
  const allLabels = { ...labels, ...extra.labels };
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: {
      name: identity.name,
      ...(identity.namespace === undefined ? {} : { namespace: identity.namespace }),
      ...(Object.keys(allLabels).length === 0 ? {} : { labels: allLabels }),
      ...(extra.annotations === undefined ? {} : { annotations: extra.annotations }),
      ...(extra.ownerReferences === undefined ? {} : { ownerReferences: extra.ownerReferences }),
    },
  };
}
