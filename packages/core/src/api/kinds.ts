const group = { group: 'leafway.dev', version: 'v1alpha1', namespaced: false } as const;

/** Where our kinds live in the API of the central cluster: the shape of `ResourceType` of `@leafway/reconciler`. */
export const kinds = {
  shortcuts: { ...group, plural: 'virtualnodeshortcuts', kind: 'VirtualNodeShortcut' },
  leafClusters: { ...group, plural: 'leafclusters', kind: 'LeafCluster' },
} as const;

const before = { group: 'networking.liqo.io', version: 'v1beta1', namespaced: true } as const;

/** The kinds of the Foreign Cluster Connector, which came before Leafway; the centre has them only where that is wished. */
export const compatibilityKinds = {
  foreignClusterConnections: { ...before, plural: 'foreignclusterconnections', kind: 'ForeignClusterConnection' },
  virtualNodeConnections: { ...before, plural: 'virtualnodeconnections', kind: 'VirtualNodeConnection' },
} as const;
