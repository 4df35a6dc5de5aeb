import type { KubeApi, KubeObject, ResourceType } from '../../api/kube-api.ts';
import { installDefinition } from './definitions.ts';

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

/** Makes a real server serve widgets; resolves when it does. */
export function installWidgets(api: KubeApi): Promise<void> {
  return installDefinition(api, widgets, {
    size: { type: 'integer' },
    colour: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
  });
}
