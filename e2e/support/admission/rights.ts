import type { RunningLab } from '@leafway/lab';
import { resources } from '@leafway/liqo';
import { mustKubectl } from 'leafway/demo';
import { vi } from 'vitest';
import { connectRaw, type RawApi, type User } from '../objects/raw-api.ts';

const rbac = 'rbac.authorization.k8s.io';

/** A right that a user has by being in the group of its name. */
export interface Right {
  readonly group: string;
  readonly rule: {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  };
}

const ours = { apiGroups: ['leafway.dev'] } as const;

/** All verbs on both kinds, and nothing that Leafway asks for beside them. */
export const writer: Right = {
  group: 'test-writers',
  rule: {
    ...ours,
    resources: ['virtualnodeshortcuts', 'leafclusters', 'virtualnodeshortcuts/status', 'leafclusters/status'],
    verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'],
  },
};

export const mayConnect = (leaf: string): Right => ({
  group: `test-connect-${leaf}`,
  rule: { ...ours, resources: ['leafclusters'], resourceNames: [leaf], verbs: ['connect'] },
});

/** On Secrets of that name in every namespace. */
export const mayRead = (secret: string): Right => ({
  group: `test-read-${secret}`,
  rule: { apiGroups: [resources.secrets.group], resources: ['secrets'], resourceNames: [secret], verbs: ['get'] },
});

/** The user who has exactly these rights, once `grantRights` has made the groups. */
export function userWith(...rights: readonly Right[]): User {
  return { name: 'somebody', groups: rights.map(({ group }) => group) };
}

/**
 * Makes the groups of these rights on the centre; resolves when the API server knows them. The result takes them away
 * again.
 */
export async function grantRights(lab: RunningLab, rights: readonly Right[]): Promise<() => Promise<void>> {
  const items = rights.flatMap(({ group, rule }) => [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: group }, rules: [rule] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: group },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: group },
      subjects: [{ apiGroup: rbac, kind: 'Group', name: group }],
    },
  ]);
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await mustKubectl(lab, lab.centre, ['apply', '--filename=-'], list);
  const api = await connectRaw(lab, lab.centre);
  for (const right of rights) await vi.waitUntil(() => isGranted(api, right), { timeout: 30_000, interval: 20 });
  api.close();
  return async () => {
    await mustKubectl(lab, lab.centre, ['delete', '--filename=-', '--ignore-not-found'], list);
  };
}

async function isGranted(api: RawApi, { group, rule }: Right): Promise<boolean> {
  const [[apiGroup], [resource], [verb], [name]] = [
    rule.apiGroups,
    rule.resources,
    rule.verbs,
    rule.resourceNames ?? [],
  ];
  const { body } = await api.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec: { groups: [group], resourceAttributes: { group: apiGroup, resource, verb, name } } },
  });
  return (body as { status?: { allowed?: boolean } }).status?.allowed === true;
}
