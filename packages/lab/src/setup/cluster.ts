import { join } from 'node:path';
import { liqoCustomResourceDefinitions, resources } from '@leafway/liqo';
import type { Condition, KubeObject } from '@leafway/reconciler';
import { readManifests, readManifestsIn } from './chart-files.ts';
import { type ClusterAdmin, createObject, waitForObject } from './objects.ts';
import { leafwayNamespace, liqoNamespace, resourceTypes } from './resource-types.ts';

const crdTimeoutMs = 30_000;

/** Installs definitions and waits until the API server serves their kinds. */
async function installCRDs(cluster: ClusterAdmin, definitions: readonly KubeObject[]): Promise<void> {
  await Promise.all(
    definitions.map(async (definition) => {
      await createObject(cluster, resourceTypes.customResourceDefinitions, definition);
      await waitForObject<KubeObject & { status?: { conditions?: Condition[] } }, true>(cluster, {
        type: resourceTypes.customResourceDefinitions,
        name: definition.metadata.name,
        what: `the CustomResourceDefinition ${definition.metadata.name} being served`,
        accept: ({ status }) =>
          status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True') || undefined,
        timeoutMs: crdTimeoutMs,
      });
    }),
  );
}

/** Which kinds a cluster gets. */
interface KindsWanted {
  readonly isCentre: boolean;
  /** Leafway's own are left to somebody else. */
  readonly bare: boolean;
  readonly charts: string;
}

/** Installs Liqo's networking kinds, and Leafway's own on the centre with who may write what, from the charts. */
export async function installKinds(cluster: ClusterAdmin, { isCentre, bare, charts }: KindsWanted): Promise<void> {
  const own = isCentre && !bare ? await readManifestsIn(join(charts, 'leafway/files/crds')) : [];
  await installCRDs(cluster, [...(liqoCustomResourceDefinitions as readonly KubeObject[]), ...own]);
  if (bare) return;
  await installPolicies(cluster, join(charts, isCentre ? 'leafway' : 'leafway-leaf'));
  if (!isCentre) return;
  for (const role of await readManifests(join(charts, 'leafway/files/roles/people.yaml'))) {
    await createObject(cluster, resourceTypes.clusterRoles, role);
  }
}

async function installPolicies(cluster: ClusterAdmin, chart: string): Promise<void> {
  for (const object of await readManifestsIn(join(chart, 'files/policies'))) {
    const isBinding = object.kind === resourceTypes.admissionPolicyBindings.kind;
    await createObject(
      cluster,
      isBinding ? resourceTypes.admissionPolicyBindings : resourceTypes.admissionPolicies,
      object,
    );
  }
}

/** Makes the namespaces that every cluster has. */
export async function createNamespaces(cluster: ClusterAdmin): Promise<void> {
  for (const name of [leafwayNamespace, liqoNamespace]) {
    await createObject(cluster, resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
}

/** Which chart holds the role of which of our processes. */
const roleFiles = {
  agent: 'leafway-leaf/files/roles/agent.yaml',
  centre: 'leafway-leaf/files/roles/centre.yaml',
  controller: 'leafway/files/roles/controller.yaml',
  webhook: 'leafway/files/roles/webhook.yaml',
} as const;

export type Identity = keyof typeof roleFiles;

/** The ServiceAccount of one of our processes; it has the rights of the chart's roles and no others. */
export async function createIdentity(
  cluster: ClusterAdmin,
  identity: Identity,
  charts: string,
): Promise<{ readonly namespace: string; readonly name: string }> {
  const name = `leafway-${identity}`;
  await createObject(cluster, resourceTypes.serviceAccounts, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: leafwayNamespace },
  });
  for (const role of await readManifests(join(charts, roleFiles[identity]))) {
    const types = role.kind === 'Role' ? namespacedTypes : clusterWideTypes;
    await createObject(cluster, types.role, role);
    await createObject(cluster, types.binding, bindingOf(role, types.binding.kind, name));
  }
  return { namespace: leafwayNamespace, name };
}

const clusterWideTypes = { role: resourceTypes.clusterRoles, binding: resourceTypes.clusterRoleBindings };
const namespacedTypes = { role: resourceTypes.roles, binding: resourceTypes.roleBindings };

function bindingOf(
  role: KubeObject,
  kind: string,
  account: string,
): KubeObject & { roleRef: unknown; subjects: unknown } {
  const { name, namespace } = role.metadata;
  return {
    apiVersion: role.apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: leafwayNamespace }],
  };
}
