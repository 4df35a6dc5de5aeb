import type { ResourceType } from '@leafway/reconciler';

const group = { group: 'leafway.dev', version: 'v1alpha1', namespaced: false } as const;

/** Our own kinds on the central cluster. */
export const kinds = {
  shortcuts: { ...group, plural: 'virtualnodeshortcuts', kind: 'VirtualNodeShortcut' },
  leafClusters: { ...group, plural: 'leafclusters', kind: 'LeafCluster' },
} as const satisfies Record<string, ResourceType>;

/** Who our writes on the central cluster come from. */
export const fieldManager = 'leafway';
