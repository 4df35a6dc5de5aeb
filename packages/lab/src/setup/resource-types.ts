import type { ResourceType } from '@leafway/reconciler';

const clusterScoped = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});

const namespaced = (group: string, plural: string, kind: string): ResourceType => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: true,
});

/** The kinds of Kubernetes that the set-up writes; Leafway's stand in `@leafway/core`, Liqo's in `@leafway/liqo`. */
export const resourceTypes = {
  admissionPolicies: clusterScoped(
    'admissionregistration.k8s.io',
    'v1',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
  ),
  admissionPolicyBindings: clusterScoped(
    'admissionregistration.k8s.io',
    'v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
  ),
  customResourceDefinitions: clusterScoped(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
  ),
  clusterRoles: clusterScoped('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole'),
  clusterRoleBindings: clusterScoped('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding'),
  mutatingWebhooks: clusterScoped(
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
  ),
  validatingWebhooks: clusterScoped(
    'admissionregistration.k8s.io',
    'v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
  ),
  roles: namespaced('rbac.authorization.k8s.io', 'roles', 'Role'),
  roleBindings: namespaced('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding'),
  serviceAccounts: namespaced('', 'serviceaccounts', 'ServiceAccount'),
} as const satisfies Record<string, ResourceType>;

/** Where Leafway's own objects live, on the centre and on the leaves. */
export const leafwayNamespace = 'leafway-system';
/** Where Liqo, or our agent in its place, keeps a cluster's own networks. */
export const liqoNamespace = 'liqo';
