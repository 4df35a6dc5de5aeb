const group = { group: 'leafway.dev', version: 'v1alpha1', namespaced: false } as const;

/** Where our kinds live in the API of the central cluster: the shape of `ResourceType` of `@leafway/reconciler`. */
export const kinds = {
  shortcuts: { ...group, plural: 'virtualnodeshortcuts', kind: 'VirtualNodeShortcut' },
  leafClusters: { ...group, plural: 'leafclusters', kind: 'LeafCluster' },
} as const;
