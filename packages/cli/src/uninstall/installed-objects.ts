import { compatibilityKinds, kinds } from '@leafway/core';
import { resources } from '@leafway/liqo';
import type { KubeObject, ObjectRef, ResourceType } from '@leafway/reconciler';

/** An object that an installation of Leafway has on the central cluster. */
export interface InstalledObject extends ObjectRef {
  readonly type: ResourceType;
}

const type = (group: string, version: string, kind: string, plural: string, namespaced = true): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});
const admission = (kind: string): ResourceType =>
  type('admissionregistration.k8s.io', 'v1', kind, pluralOf(kind), false);
const rbac = (kind: string): ResourceType =>
  type('rbac.authorization.k8s.io', 'v1', kind, pluralOf(kind), !kind.startsWith('Cluster'));
const certManager = (kind: string): ResourceType => type('cert-manager.io', 'v1', kind, pluralOf(kind));
const monitoring = (kind: string): ResourceType => type('monitoring.coreos.com', 'v1', kind, pluralOf(kind));

function pluralOf(kind: string): string {
  const lower = kind.toLowerCase();
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
}

const customResourceDefinitions = type(
  'apiextensions.k8s.io',
  'v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);

const policies = [
  'leafclusters',
  'owners',
  'virtualnodeshortcuts',
  'webhook-self-managed',
  ...['foreignclusterconnections', 'virtualnodeconnections', 'connection-owners'],
].map((name) => `${name}.leafway.dev`);

/** What stands between people and our kinds: without it nothing is refused any more. */
export const gatekeepers: readonly InstalledObject[] = [
  { type: admission('MutatingWebhookConfiguration'), name: 'leafway' },
  { type: admission('ValidatingWebhookConfiguration'), name: 'leafway' },
  ...policies.map((name) => ({ type: admission('ValidatingAdmissionPolicyBinding'), name })),
  ...policies.map((name) => ({ type: admission('ValidatingAdmissionPolicy'), name })),
];

const definitionOf = ({ plural, group }: ResourceType): InstalledObject => ({
  type: customResourceDefinitions,
  name: `${plural}.${group}`,
});

/** Our kinds: the objects of a kind go with its definition. */
export const definitions: readonly InstalledObject[] = [kinds.shortcuts, kinds.leafClusters].map(definitionOf);

/** The kinds of the Foreign Cluster Connector, which somebody else may have made. */
export const connectionDefinitions: readonly InstalledObject[] = Object.values(compatibilityKinds).map(definitionOf);

/** A definition of a kind of the Foreign Cluster Connector is ours when our chart wrote it: that one is in our category. */
export function isOurDefinition(object: KubeObject): boolean {
  const { spec } = object as KubeObject & { spec?: { names?: { categories?: readonly string[] } } };
  return spec?.names?.categories?.includes('leafway') === true;
}

/** The names of roles, and of the accounts that they are given to. */
const roles = [
  ...['controller', 'controller-credentials', 'controller-discovery', 'controller-compatibility'],
  ...['webhook', 'webhook-certificates', 'drain', 'drain-compatibility', 'check'],
].map((name) => `leafway-${name}`);

const rolesOfPeople = ['admin', 'viewer', 'connection-admin', 'connection-viewer'].map((name) => `leafway-${name}`);

/**
 * Who may do what, by the names that the chart gives in whatever namespace, in the order of removal. They go when our kinds
 * are gone: until then the processes may end in peace.
 */
export const rights: readonly { readonly type: ResourceType; readonly names: readonly string[] }[] = [
  { type: rbac('ClusterRoleBinding'), names: roles },
  { type: rbac('RoleBinding'), names: roles },
  { type: rbac('ClusterRole'), names: [...roles, ...rolesOfPeople] },
  { type: rbac('Role'), names: roles },
];

const programs = ['leafway-controller', 'leafway-webhook'];

/** What runs, what it is reached by, and what watches it, in the order of removal. */
export function partsIn(namespace: string): InstalledObject[] {
  const here = hereIn(namespace);
  return [
    ...here(type('apps', 'v1', 'Deployment', 'deployments'), ...programs),
    ...here(type('batch', 'v1', 'Job', 'jobs'), 'leafway-drain', 'leafway-check'),
    ...here(type('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'), ...programs),
    ...here(type('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies'), ...programs, 'leafway-hooks'),
    ...here(monitoring('ServiceMonitor'), 'leafway'),
    ...here(monitoring('PrometheusRule'), 'leafway'),
    ...here(resources.configMaps, 'leafway-dashboard'),
    ...here(type('', 'v1', 'Service', 'services'), ...programs),
    ...here(certManager('Certificate'), 'leafway-webhook', 'leafway-webhook-ca'),
    ...here(certManager('Issuer'), 'leafway-webhook-ca', 'leafway-self-signed'),
  ];
}

/**
 * What the processes work with and would make anew as long as they may, in the order of removal: last of all, after the
 * rights.
 */
export function remainsIn(namespace: string): InstalledObject[] {
  const here = hereIn(namespace);
  return [
    ...here(resources.secrets, 'leafway-webhook-tls', 'leafway-webhook-ca', 'leafway-webhook-certificate'),
    ...here(type('coordination.k8s.io', 'v1', 'Lease', 'leases'), 'leafway-controller'),
    ...here(type('', 'v1', 'ServiceAccount', 'serviceaccounts'), ...programs, 'leafway-drain', 'leafway-check'),
  ];
}

const hereIn =
  (namespace: string) =>
  (of: ResourceType, ...names: readonly string[]): InstalledObject[] =>
    names.map((name) => ({ type: of, namespace, name }));

/** For people: `Secret leafway-system/leafway-webhook-tls`. */
export function nameOf({ type: { kind }, namespace, name }: InstalledObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
