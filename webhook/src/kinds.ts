import type { ResourceType } from '@leafway/reconciler';

const group = { group: 'leafway.dev', version: 'v1alpha1', namespaced: false } as const;

/** The kinds that are admitted here, and looked up while another one is. */
export const kinds = {
  shortcuts: { ...group, plural: 'virtualnodeshortcuts', kind: 'VirtualNodeShortcut' },
  leafClusters: { ...group, plural: 'leafclusters', kind: 'LeafCluster' },
} as const satisfies Record<string, ResourceType>;
