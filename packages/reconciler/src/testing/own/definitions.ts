import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi, KubeObject, ResourceType } from '../../api/kube-api.ts';

const definitions: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

/** Makes a real server serve a namespaced kind with these fields in its spec; resolves when it does. */
export async function installDefinition(api: KubeApi, type: ResourceType, spec: object): Promise<void> {
  const { group, version, plural, kind } = type;
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const properties = { spec: { type: 'object', properties: spec }, status: anything };
  const definition: KubeObject & { spec: object } = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: 'object', properties } },
        },
      ],
    },
  };
  await api.create(definitions, definition);
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await api.list(type);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(50);
  }
}
