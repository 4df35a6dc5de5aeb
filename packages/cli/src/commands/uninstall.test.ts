import { compatibilityKinds, kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { resources, type Secret } from '@leafway/liqo';
import { ApiError, type KubeObject, type ResourceType } from '@leafway/reconciler';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCondition, aLeaf, aShortcut, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';
import { aKubeconfig } from '../testing/kubeconfigs.ts';
import {
  connectionDefinitions,
  definitions,
  gatekeepers,
  type InstalledObject,
  partsIn,
  remainsIn,
  rights,
} from '../uninstall/installed-objects.ts';

const namespace = 'leafway-system';
const leases = remainsIn(namespace).find(({ type }) => type.kind === 'Lease')?.type as ResourceType;
const access = rights.flatMap(({ type, names }) =>
  names.flatMap((name) =>
    type.namespaced ? ['liqo', 'tenants'].map((where) => ({ type, namespace: where, name })) : [{ type, name }],
  ),
);
const installed: InstalledObject[] = [
  ...gatekeepers,
  ...definitions,
  ...partsIn(namespace),
  ...access,
  ...remainsIn(namespace),
];

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
});

function put({ type, namespace: where, name }: InstalledObject, annotations: Record<string, string> = {}): void {
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  const labels = { 'app.kubernetes.io/name': 'leafway' };
  const metadata = { ...(where === undefined ? {} : { namespace: where }), name, annotations, labels };
  terminal.central.seed<KubeObject>(type, { apiVersion, kind: type.kind, metadata });
}

function putSecret(name: string, labels: Record<string, string> = {}): void {
  const metadata = { namespace, name, labels };
  const data = { kubeconfig: btoa(aKubeconfig(`https://${name}:6443`)) };
  terminal.central.seed<Secret>(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata, data });
}

const secrets = (): string[] => terminal.central.objects(resources.secrets).map(({ metadata }) => metadata.name);
const left = (): string[] =>
  installed.filter((ref) => terminal.central.object(ref.type, ref) !== undefined).map(({ name }) => name);
const deletes = (): string[] =>
  terminal.central.requests.flatMap(({ verb, type, name }) => (verb === 'delete' ? [`${type.kind} ${name}`] : []));

/** What is left when the chart is uninstalled: its controllers have let everything go. */
function seedRest(): void {
  for (const ref of definitions) put(ref, { 'meta.helm.sh/release-name': 'leafway' });
  put({ type: leases, namespace, name: 'leafway-controller' });
  seed(terminal.central, [aLeaf('rome'), aLeaf('milan')]);
  putSecret('leaf-rome', { 'app.kubernetes.io/managed-by': 'leafway-cli' });
  putSecret('leaf-milan');
}

describe('uninstall', () => {
  it('removes what the chart keeps and what it made itself, and prints what stays', async () => {
    seedRest();
    const running = terminal.start('uninstall', '--yes');
    await terminal.clock.advance(5_000);
    const { code, out } = await running;
    expect([code, left(), secrets()]).toEqual([0, [], ['leaf-milan']]);
    expect(out).toContain('LeafCluster milan, rome');
    expect(out).toContain('Secret leafway-system/leaf-milan with the kubeconfig of milan');
    expect(out).toContain('What stays on rome:\n  the account that the central cluster used');
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('removes an installation that Helm did not make, each object of it and no other', async () => {
    for (const ref of installed) put(ref);
    put({ type: resources.configMaps, namespace, name: 'somebody-elses' });
    const running = terminal.start('uninstall', '--yes');
    await terminal.clock.advance(5_000);
    expect((await running).code).toBe(0);
    expect(left()).toEqual([]);
    expect(terminal.central.objects(resources.configMaps).map(({ metadata }) => metadata.name)).toEqual([
      'somebody-elses',
    ]);
  });

  it('ends what runs before it takes rights away, and removes last what that would make anew', async () => {
    for (const ref of installed) put(ref);
    const running = terminal.start('uninstall', '--yes');
    await terminal.clock.advance(5_000);
    await running;
    const order = [
      'Deployment leafway-webhook',
      'CustomResourceDefinition leafclusters.leafway.dev',
      'Role leafway-webhook',
      'Secret leafway-webhook-certificate',
      'Lease leafway-controller',
      'ServiceAccount leafway-controller',
    ];
    expect(deletes().filter((line, index, all) => order.includes(line) && all.lastIndexOf(line) === index)).toEqual(
      order,
    );
  });

  it('takes what has no label of ours in a namespace for ours only when it is for our accounts', async () => {
    const [role, roleBinding] = ['Role', 'RoleBinding'].map(
      (kind) => rights.find(({ type }) => type.kind === kind)?.type,
    );
    if (role === undefined || roleBinding === undefined) throw new Error('there are no kinds of rights');
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    for (const [where, home] of [
      ['liqo', namespace],
      ['tenants', 'tenants'],
    ] as const) {
      const metadata = { namespace: where, name: 'leafway-controller' };
      const subjects = [{ kind: 'ServiceAccount', namespace: home, name: 'leafway-controller' }];
      terminal.central.seed(role, { apiVersion, kind: 'Role', metadata });
      terminal.central.seed(roleBinding, { apiVersion, kind: 'RoleBinding', metadata, ...{ subjects } });
    }
    expect(await terminal.run('uninstall', '--yes')).toMatchObject({ code: 0 });
    for (const type of [role, roleBinding]) {
      expect(terminal.central.objects(type).map(({ metadata }) => metadata.namespace)).toEqual(['tenants']);
    }
  });

  it('names bindings of other people that lead to nothing then', async () => {
    for (const ref of access) put(ref);
    const [clusterRoleBindings] = access;
    const binding = {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'net-team' },
      roleRef: { kind: 'ClusterRole', name: 'leafway-admin' },
    };
    terminal.central.seed(clusterRoleBindings?.type as ResourceType, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      ...binding,
    });
    expect((await terminal.run('uninstall', '--yes')).out).toContain(
      'ClusterRoleBinding net-team, which gives the role leafway-admin',
    );
  });

  it('writes nothing with --dry-run', async () => {
    seedRest();
    const { code, out } = await terminal.run('uninstall', '--dry-run');
    expect([code, deletes()]).toEqual([0, []]);
    expect(out).toContain('CustomResourceDefinition virtualnodeshortcuts.leafway.dev, leafclusters.leafway.dev');
    expect(new Set(terminal.central.requests.map(({ verb }) => verb))).toEqual(new Set(['get', 'list']));
  });

  it('asks before it removes anything, and takes only a yes', async () => {
    seedRest();
    expect(await terminal.run('uninstall')).toMatchObject({ code: 1, err: expect.stringContaining('add --yes') });
    terminal.answer = false;
    expect(await terminal.run('uninstall')).toMatchObject({ code: 1 });
    expect(deletes()).toEqual([]);
  });

  it('refuses while a Helm release is there, and says how to go on', async () => {
    for (const ref of installed) {
      put(ref, { 'meta.helm.sh/release-name': 'lw', 'meta.helm.sh/release-namespace': namespace });
    }
    const { code, err } = await terminal.run('uninstall', '--yes');
    expect([code, deletes()]).toEqual([1, []]);
    expect(err).toContain('"helm uninstall lw --namespace leafway-system" first');
  });

  it('removes nothing when a link cannot be taken down', async () => {
    seedRest();
    const held = aShortcut('milan-rome', ['rome', 'milan']);
    terminal.central.seed(kinds.shortcuts, {
      ...held,
      metadata: { name: 'milan-rome', finalizers: ['leafway.dev/shortcut'] },
    });
    const running = terminal.start('uninstall', '--yes');
    await terminal.clock.advance(60_000);
    const { code, err } = await running;
    expect([code, deletes()]).toEqual([1, ['VirtualNodeShortcut milan-rome']]);
    expect(err).toContain('no controller holds the Lease leafway-system/leafway-controller, so nobody takes it down');
    expect(err).toContain('leafway uninstall --force');
  });

  it('can be interrupted while links are taken down', async () => {
    seedRest();
    const metadata = { name: 'milan-rome', finalizers: ['leafway.dev/shortcut'] };
    terminal.central.seed(kinds.shortcuts, { ...aShortcut('milan-rome', ['rome', 'milan']), metadata });
    const running = terminal.start('uninstall', '--force', '--yes');
    await terminal.clock.advance(5_000);
    terminal.user.abort();
    await terminal.clock.advance(5_000);
    expect(await running).toMatchObject({ code: 130, err: expect.stringContaining('nothing else was removed') });
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('has nothing to do on another cluster', async () => {
    terminal.central.beforeRequest = ({ type }) => {
      if (type.group !== 'leafway.dev') return;
      const message = 'the server does not serve this kind (HTTP 404)';
      throw new ApiError(message, { code: 'NotFound', status: 404, operation: 'list' });
    };
    expect((await terminal.run('uninstall')).out).toBe('there is nothing of Leafway on the central cluster');
  });
});

describe('where Leafway is installed', () => {
  const deployments = partsIn('network')[0] as InstalledObject;
  const [mutating] = gatekeepers;
  const seedWebhook = (): void => {
    const clientConfig = { service: { namespace: 'network', name: 'leafway-webhook' } };
    const configuration = { webhooks: [{ name: 'mutate.leafway.dev', clientConfig }] };
    terminal.central.seed<KubeObject>(mutating?.type as ResourceType, {
      ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' },
      metadata: { name: 'leafway' },
      ...configuration,
    });
  };

  it.each([
    ['the API server asks its webhook', seedWebhook],
    ['Helm says', () => put(mutating as InstalledObject, { 'meta.helm.sh/release-namespace': 'network' })],
    [
      'Helm says on what the chart keeps',
      () => put(definitions[0] as InstalledObject, { 'meta.helm.sh/release-namespace': 'network' }),
    ],
  ])('is where %s', async (_, seedSign) => {
    seedSign();
    put(deployments);
    const running = terminal.start('uninstall', '--yes');
    await terminal.clock.advance(5_000);
    const { code, out } = await running;
    expect([code, terminal.central.objects(deployments.type)]).toEqual([0, []]);
    expect(out).toContain('Namespace network, which may hold things of others');
  });

  it('is not what somebody says who mistakes it, and then nothing is touched', async () => {
    seedWebhook();
    const { code, err } = await terminal.run('uninstall', '--force', '--yes', '--namespace', namespace);
    expect([code, deletes()]).toEqual([1, []]);
    expect(err).toContain('installed in the namespace network, not in leafway-system: nothing was removed');
  });
});

describe('uninstall --force', () => {
  const owed = (kind: string, apiVersion: string, name: string, where?: string) => ({
    ...{ apiVersion, kind, name, uid: 'x', remoteClusterID: 'rome' },
    ...(where === undefined ? {} : { namespace: where }),
    shortcut: { name: 'milan-rome', uid: 'y' },
  });
  const networking = 'networking.liqo.io/v1beta1';

  it('takes the finalizers of the dead off, and lists what is on a leaf that is away with the commands to remove it', async () => {
    seedRest();
    for (const ref of gatekeepers) put(ref);
    terminal.central.edit<LeafCluster>(kinds.leafClusters, { name: 'milan' }, (draft) => {
      draft.metadata.finalizers = ['leafway.dev/leaf', 'somebody.else/x'];
      const conditions = [aCondition('Reachable', 'False', 'milan: no answer.')];
      const objects = [
        owed('Namespace', 'v1', 'liqo-tenant-rome'),
        owed('Configuration', networking, 'rome', 'liqo-tenant-rome'),
        owed('GatewayServer', networking, 'rome', 'liqo-tenant-rome'),
      ];
      draft.status = { conditions, pendingCleanup: objects };
    });
    const running = terminal.start('uninstall', '--force', '--yes');
    await terminal.clock.advance(120_000);
    const { code, out, err } = await running;
    expect([code, left()]).toEqual([0, []]);
    expect(terminal.central.objects(kinds.leafClusters)).toEqual([]);
    expect(deletes()[0]).toBe('MutatingWebhookConfiguration leafway');
    expect(err).toContain('LeafCluster milan: the finalizer somebody.else/x is taken off, too');
    expect(out).toContain(
      [
        '  GatewayServer liqo-tenant-rome/rome',
        '  Configuration liqo-tenant-rome/rome',
        '  Namespace liqo-tenant-rome',
        '  to remove these, with the kubeconfig of milan:',
        '    kubectl delete gatewayservers.networking.liqo.io rome -n liqo-tenant-rome',
        '    kubectl delete configurations.networking.liqo.io rome -n liqo-tenant-rome',
        '    kubectl delete namespaces liqo-tenant-rome',
      ].join('\n'),
    );
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('does the work of the controller where leaves answer', async () => {
    seedRest();
    const servers = ['leaf-rome', 'leaf-milan'].map((name) => `https://${name}:6443`);
    for (const server of servers) {
      const leaf = new FakeKubeApi({ clock: terminal.clock });
      leaf.seed(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
      terminal.leaves.set(server, leaf);
    }
    const metadata = { name: 'milan-rome', finalizers: ['leafway.dev/shortcut'] };
    terminal.central.seed(kinds.shortcuts, { ...aShortcut('milan-rome', ['rome', 'milan']), metadata });
    const running = terminal.start('uninstall', '--force', '--yes');
    await terminal.clock.advance(30_000);
    const { code, err } = await running;
    expect([code, left(), err.includes('would be left stuck')]).toEqual([0, [], false]);
    expect(terminal.closed.sort()).toEqual(servers.sort());
    expect(terminal.clock.pendingTimers).toBe(0);
  });

  it('frees a shortcut that nothing can take down, and lists what is known of it', async () => {
    seedRest();
    const objects = [
      {
        cluster: 'rome',
        origin: 'Created' as const,
        ...owed('Configuration', networking, 'milan', 'liqo-tenant-milan'),
      },
    ];
    const shortcut = aShortcut('milan-rome', ['rome', 'atlantis'], { objects });
    terminal.central.seed<VirtualNodeShortcut>(kinds.shortcuts, {
      ...shortcut,
      metadata: { name: 'milan-rome', finalizers: ['leafway.dev/shortcut', 'x/y'] },
    });
    const running = terminal.start('uninstall', '--force', '--yes', '--timeout', '40s');
    await terminal.clock.advance(60_000);
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(terminal.central.objects(kinds.shortcuts)).toEqual([]);
    expect(out).toContain('kubectl delete configurations.networking.liqo.io milan -n liqo-tenant-milan');
  });

  describe("with the Foreign Cluster Connector's kinds", () => {
    const { foreignClusterConnections } = compatibilityKinds;
    const link = { namespace: 'default', name: 'milan-rome' };

    function seedConnection(categories: readonly string[]): void {
      seedRest();
      for (const { type, name } of connectionDefinitions) {
        const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: type.kind, metadata: { name } };
        terminal.central.seed<KubeObject>(type, { ...definition, ...{ spec: { names: { categories } } } });
      }
      terminal.central.seed<KubeObject>(foreignClusterConnections, {
        apiVersion: 'networking.liqo.io/v1beta1',
        kind: 'ForeignClusterConnection',
        metadata: { ...link, finalizers: ['leafway.dev/connection'] },
        ...{ spec: { foreignClusterA: 'milan', foreignClusterB: 'rome' } },
      });
    }

    const uninstalled = async () => {
      const running = terminal.start('uninstall', '--force', '--yes');
      await terminal.clock.advance(120_000);
      return running;
    };
    const definitionsLeft = (): unknown[] =>
      connectionDefinitions.filter((ref) => terminal.central.object(ref.type, ref) !== undefined);

    it('removes these too where our chart made them, and lets go whom nobody else would', async () => {
      seedConnection(['liqo', 'leafway']);
      expect((await terminal.run('uninstall', '--dry-run')).out).toContain(
        'ForeignClusterConnection default/milan-rome',
      );
      expect((await uninstalled()).code).toBe(0);
      expect([terminal.central.objects(foreignClusterConnections), definitionsLeft()]).toEqual([[], []]);
    });

    it('leaves them to whoever made them', async () => {
      seedConnection(['liqo']);
      const before = terminal.central.object(foreignClusterConnections, link);
      expect((await uninstalled()).code).toBe(0);
      expect(terminal.central.object(foreignClusterConnections, link)).toEqual(before);
      expect(definitionsLeft()).toHaveLength(2);
    });
  });
});
