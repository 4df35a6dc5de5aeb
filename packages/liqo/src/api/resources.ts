/** Where the objects of one kind live in the API; the same shape as `ResourceType` of `@leafway/reconciler`. */
export interface LiqoResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const networking = (plural: string, kind: string): LiqoResource => ({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  plural,
  kind,
  namespaced: true,
});

const ipam = (plural: string, kind: string): LiqoResource => ({
  group: 'ipam.liqo.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: true,
});

const rbac = (plural: string, kind: string): LiqoResource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

const core = (plural: string, kind: string, namespaced = true): LiqoResource => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

/** Every kind that takes part in a link between two clusters. */
export const resources = {
  configurations: networking('configurations', 'Configuration'),
  gatewayServers: networking('gatewayservers', 'GatewayServer'),
  gatewayClients: networking('gatewayclients', 'GatewayClient'),
  publicKeys: networking('publickeies', 'PublicKey'),
  connections: networking('connections', 'Connection'),
  wgGatewayServerTemplates: networking('wggatewayservertemplates', 'WgGatewayServerTemplate'),
  wgGatewayClientTemplates: networking('wggatewayclienttemplates', 'WgGatewayClientTemplate'),
  networks: ipam('networks', 'Network'),
  ips: ipam('ips', 'IP'),
  foreignClusters: {
    ...{ group: 'core.liqo.io', version: 'v1beta1', plural: 'foreignclusters', kind: 'ForeignCluster' },
    namespaced: false,
  },
  identities: {
    ...{ group: 'authentication.liqo.io', version: 'v1beta1', plural: 'identities', kind: 'Identity' },
    namespaced: true,
  },
  namespaces: core('namespaces', 'Namespace', false),
  secrets: core('secrets', 'Secret'),
  roleBindings: rbac('rolebindings', 'RoleBinding'),
  configMaps: core('configmaps', 'ConfigMap'),
  pods: core('pods', 'Pod'),
} as const;

/** The `apiVersion` that objects of a kind carry. */
export function apiVersionOf(resource: LiqoResource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
