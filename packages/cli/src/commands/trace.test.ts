import { kinds, type LeafCluster } from '@leafway/core';
import { buildClusterIDConfigMap, type Configuration, type IP, type Network, resources } from '@leafway/liqo';
import { FakeKubeApi } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { aLeaf, aShortcut, readyStatus, seed } from '../testing/builders.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';
import { aKubeconfig } from '../testing/kubeconfigs.ts';

const server = 'https://rome.example:6443';
let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
  const { central } = terminal;
  central.seed(resources.configMaps, buildClusterIDConfigMap({ clusterID: 'central', liqoNamespace: 'liqo' }));
  seedCluster(central, { rome: ['10.71.0.0/16', '10.67.0.0/16'], milan: ['10.69.0.0/16', '10.66.0.0/16'] });
  central.seed<IP>(resources.ips, {
    apiVersion: 'ipam.liqo.io/v1alpha1',
    kind: 'IP',
    metadata: { namespace: 'liqo-tenant-milan', name: 'web' },
    spec: { ip: '10.69.0.11' },
    status: { ip: '10.70.0.4', cidr: '10.70.0.0/16' },
  });
  seed(central, [
    recorded('rome', { central: '10.72.0.0/16', milan: '10.69.0.0/16' }),
    recorded('milan', { central: '10.72.0.0/16', rome: '10.74.0.0/16' }),
    aShortcut('milan-rome', ['rome', 'milan'], readyStatus(['rome', 'milan'])),
  ]);
});

type Names = Readonly<Record<string, readonly [pod: string, external: string]>>;

/** A cluster's own objects: its ranges, and what it calls those of others, with a gateway to each. */
function seedCluster(api: FakeKubeApi, names: Names): void {
  for (const [type, cidr] of [
    ['pod-cidr', '10.244.0.0/16'],
    ['external-cidr', '10.70.0.0/16'],
  ] as const) {
    api.seed<Network>(resources.networks, {
      apiVersion: 'ipam.liqo.io/v1alpha1',
      kind: 'Network',
      metadata: { namespace: 'liqo', name: type, labels: { 'ipam.liqo.io/network-type': type } },
      spec: { cidr },
      status: { cidr },
    });
  }
  for (const [remote, [pod, external]] of Object.entries(names)) {
    const metadata = { namespace: `tenant-${remote}`, name: remote, labels: { 'liqo.io/remote-cluster-id': remote } };
    const head = { apiVersion: 'networking.liqo.io/v1beta1', metadata };
    api.seed<Configuration>(resources.configurations, {
      ...head,
      kind: 'Configuration',
      spec: { remote: { cidr: { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'] } } },
      status: { remote: { cidr: { pod: [pod], external: [external] } } },
    });
    api.seed(resources.gatewayClients, { ...head, kind: 'GatewayClient' });
  }
}

/** A leaf as the central cluster recorded it: its names of others' pods; the centre's external range is 10.68/16. */
function recorded(name: string, pods: Readonly<Record<string, string>>): LeafCluster {
  const inUse = Object.entries(pods).flatMap(([remoteClusterID, cidr]) => [
    { cidr, owner: 'pods', remoteClusterID, real: '10.244.0.0/16' },
    ...(remoteClusterID === 'central'
      ? [{ cidr: '10.68.0.0/16', owner: 'external', remoteClusterID, real: '10.70.0.0/16' }]
      : []),
  ]);
  const gateways = Object.keys(pods).map((remoteClusterID) => ({ remoteClusterID, role: 'Client' as const }));
  return aLeaf(name, { networks: { pod: ['10.244.0.0/16'], external: ['10.70.0.0/16'], inUse }, gateways });
}

const trace = (...args: string[]): ReturnType<FakeTerminal['run']> => terminal.run('trace', ...args);

describe('trace', () => {
  it('shows the direct path with its one tunnel, its shortcut, and the other address of the pod', async () => {
    const { code, out } = await trace('10.69.0.11', '--from', 'rome', '--source', '10.244.0.10');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(
      '10.69.0.11, dialled in rome, is 10.244.0.11 in milan: 1 tunnel, rome → milan, by the shortcut milan-rome',
    );
    expect(out).toMatch(
      /rome +gateway to milan +10\.244\.0\.10 +10\.244\.0\.11 +destination: 10\.69\.0\.0\/16 → 10\.244\.0\.0\/16/,
    );
    expect(out).toContain('The server sees 10.74.0.10.');
    expect(out).toContain('The same pod is also 10.68.0.4: rome → central → milan.');
  });

  it('shows the path through the centre with its gateways, and that the sender is hidden', async () => {
    const { code, out } = await trace('10.68.0.4', '--from', 'rome', '-o', 'json');
    const report = JSON.parse(out);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      path: ['rome', 'central', 'milan'],
      tunnels: 2,
      arrives: true,
      receiver: { cluster: 'milan', address: '10.244.0.11', sees: '10.68.0.0' },
      shortcuts: [],
      otherAddresses: [{ address: '10.69.0.11', path: ['rome', 'milan'] }],
    });
    expect(report.hops[2]).toMatchObject({ cluster: 'central', remote: 'rome', gateway: 'tenant-rome/rome' });
  });

  it('asks the leaves themselves where it can, and says where it could not', async () => {
    const rome = new FakeKubeApi({ cluster: 'rome' });
    seedCluster(rome, { central: ['10.72.0.0/16', '10.68.0.0/16'], milan: ['10.99.0.0/16', '10.98.0.0/16'] });
    terminal.leaves.set(server, rome);
    terminal.central.seed(resources.secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'leafway-system', name: 'leaf-rome' },
      ...{ data: { kubeconfig: Buffer.from(aKubeconfig(server)).toString('base64') } },
    });
    const { code, out, err } = await trace('10.99.0.11', '--from', 'rome');
    expect(code).toBe(0);
    expect(out).toContain('gateway to milan (tenant-milan/milan)');
    expect(err).not.toContain('rome was not asked');
    expect(err).toContain('milan was not asked itself (Secret leafway-system/leaf-milan does not exist)');
  });

  it('gives up a leaf that does not answer after some seconds', async () => {
    terminal.central.beforeRequest = ({ type }) =>
      type.kind === 'Secret' ? new Promise<void>(() => undefined) : undefined;
    const running = terminal.start('trace', '10.69.0.11', '--from', 'rome');
    await terminal.clock.advance(5_000);
    const { code, err } = await running;
    expect(code).toBe(0);
    expect(err).toContain('rome was not asked itself (no answer within 5 s)');
  });

  it('ends with 1 when the address leads to no pod, and says why', async () => {
    const { code, out } = await trace('192.0.2.1', '--from', 'rome');
    expect(code).toBe(1);
    expect(out).toContain('It gets no further: 192.0.2.1 is neither a pod of rome nor a name');
  });

  it('tells that the shortcut is not Ready', async () => {
    terminal.central.edit(kinds.shortcuts, { name: 'milan-rome' }, (draft: ReturnType<typeof aShortcut>) => {
      draft.status = { phase: 'Degraded' };
    });
    expect((await trace('10.69.0.11', '--from', 'rome')).out).toContain('milan-rome, which is not Ready');
  });

  it.each([
    ['no address', ['rome', '--from', 'rome'], 2, /ADDRESS: /],
    ['an address with a leading zero', ['10.069.0.1', '--from', 'rome'], 2, /leading zero/],
    ['no --from', ['10.69.0.11'], 2, /--from/],
    ['a leaf that does not exist', ['10.69.0.11', '--from', 'roma'], 1, /did you mean "rome"/],
    [
      'a family that the cluster has no pods of',
      ['fd00::1', '--from', 'rome'],
      1,
      /IPv6 pod range of rome is not known/,
    ],
  ])('refuses %s', async (_, args, exitCode, sentence) => {
    const { code, err } = await trace(...args);
    expect(code).toBe(exitCode);
    expect(err).toMatch(sentence);
  });
});
