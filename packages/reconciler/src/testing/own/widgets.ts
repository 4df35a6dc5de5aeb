import { setTimeout as delay } from 'node:timers/promises';
import type { KubeApi, KubeObject, ResourceType } from '../../api/kube-api.ts';

/** The kind of this package's own tests. */
export interface Widget extends KubeObject {
  spec: { size: number; colour?: string; tags?: string[] };
  status?: { phase?: string };
}

export const widgets: ResourceType = {
  group: 'test.dev',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
};

const definitions: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.dev' },
  spec: {
    group: 'test.dev',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  size: { type: 'integer' },
                  colour: { type: 'string' },
                  tags: { type: 'array', items: { type: 'string' } },
                },
              },
              status: { type: 'object', properties: { phase: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};

/** Makes a real server serve widgets; resolves when it does. */
export async function installWidgets(api: KubeApi): Promise<void> {
  await api.create(definitions, definition);
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await api.list(widgets);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(50);
  }
}
