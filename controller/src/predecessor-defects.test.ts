/**
 * The nine defects of the proof of concept that this controller replaces, each as a test that fails on it. Most have more
 * tests where their subject is.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, type LeafCluster, type VirtualNodeShortcut } from '@leafway/core';
import { type Configuration, type GatewayServer, type LiqoObject, resources, type Secret } from '@leafway/liqo';
import { type ClusterConnection, findCondition } from '@leafway/reconciler';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

const others = Array.from({ length: 20 }, (_, index) => `edge-${index}`);
const onRome = { namespace: 'liqo-tenant-milan', name: 'milan' };
const onMilan = { namespace: 'liqo-tenant-rome', name: 'rome' };
let fleet: FakeFleet;
beforeEach(async () => {
  fleet = new FakeFleet(['paris', ...others]);
  await fleet.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await fleet.stop();
});

const conditionOf = ({ status }: VirtualNodeShortcut | LeafCluster, type: string) =>
  findCondition(status?.conditions, type);
const isReady = async (name = 'rome-milan'): Promise<boolean> => {
  const shortcut = await fleet.shortcut(name);
  return shortcut !== undefined && conditionOf(shortcut, 'Ready')?.status === 'True';
};
const connect = async (): Promise<void> => {
  await fleet.create();
  await fleet.pass(3);
  expect(await isReady()).toBe(true);
};
const change = (path: string, value: unknown) =>
  fleet.central.patch(kinds.shortcuts, { name: 'rome-milan' }, [{ op: 'add', path, value }]);

it('1: a link that was connected once is looked after as long as it exists', async () => {
  await connect();
  for (const resource of [resources.configurations, resources.gatewayClients, resources.publicKeys]) {
    await fleet.rome.api.delete(resource, onRome);
    await fleet.pass(1);
    expect(fleet.rome.api.object(resource, onRome)?.kind, resource.kind).toBe(resource.kind);
  }
});

it('2: a change of a connected spec is carried out, and leaves nothing of the one before', async () => {
  await connect();
  const server = () => fleet.milan.api.object<GatewayServer>(resources.gatewayServers, onMilan);
  const uid = server()?.metadata.uid;
  await change('/spec/gateway', { server: 'rome', mtu: 1_400 });
  await fleet.pass(5);
  expect(fleet.rome.api.object<GatewayServer>(resources.gatewayServers, onRome)?.spec?.mtu).toBe(1_400);
  expect([uid === undefined, server()]).toEqual([false, undefined]);
  expect(await isReady()).toBe(true);
});

it('3: a deletion ends without its leaf, its Secret or its namespace, and the living side is clean', async () => {
  await connect();
  await fleet.central.delete(resources.secrets, { namespace: 'leafway-system', name: 'leaf-rome' });
  fleet.away = 'rome';
  fleet.rome.api.breakWatches();
  await fleet.milan.api.delete(resources.namespaces, { name: onMilan.namespace });
  await fleet.pass(10);
  await fleet.central.delete(kinds.shortcuts, { name: 'rome-milan' });
  await fleet.pass(5);
  expect(await fleet.shortcut()).toBeUndefined();
  for (const resource of [resources.configurations, resources.gatewayServers, resources.publicKeys]) {
    expect(fleet.milan.api.objects(resource)).toEqual([]);
  }
});

it('4: what others made for a pair outlives every shortcut for it', async () => {
  const foreign = [
    ...[resources.configurations, resources.gatewayServers].map((resource) => [resource, onRome] as const),
  ].map(([resource, metadata]) => {
    const object: LiqoObject = {
      apiVersion: `${resource.group}/${resource.version}`,
      kind: resource.kind,
      metadata: { ...metadata, labels: { 'liqo.io/remote-cluster-id': 'milan' } },
    };
    return [resource, fleet.rome.api.seed<Configuration>(resource, object as Configuration)] as const;
  });
  await fleet.create();
  await fleet.create('milan-rome', ['milan', 'rome']);
  await fleet.pass(3);
  for (const name of ['rome-milan', 'milan-rome']) await fleet.central.delete(kinds.shortcuts, { name });
  await fleet.pass(10);
  expect(await fleet.shortcut()).toBeUndefined();
  for (const [resource, { metadata }] of foreign) {
    const { uid, labels, deletionTimestamp } = fleet.rome.api.object<LiqoObject>(resource, onRome)?.metadata ?? {};
    expect({ uid, labels, deletionTimestamp }).toEqual({ uid: metadata.uid, labels: metadata.labels });
  }
});

it('5: a dead leaf delays no other pair', async () => {
  fleet.hung = 'paris';
  for (const other of others) await fleet.create(`paris-${other}`, ['paris', other]);
  await fleet.create();
  await fleet.pass(2);
  expect(await isReady()).toBe(true);
});

it('6: credentials are in no variable of the process and never those of another leaf', async () => {
  const environment = { ...process.env };
  const seen = new Map<string, Set<ClusterConnection['token']>>();
  const connected = vi.spyOn(fleet, 'connect');
  const note = (cluster: string, { token }: ClusterConnection): void => {
    seen.set(cluster, (seen.get(cluster) ?? new Set()).add(token));
  };
  fleet.onConnect = (connection, cluster) => note(cluster, connection);
  for (const [index, id] of ['north', 'south'].entries()) {
    fleet.token = `token-${index}`;
    await fleet.join(id);
  }
  await fleet.pass(3);
  expect(connected).toHaveBeenCalledTimes(2);
  expect([...(seen.get('north') ?? [])]).toEqual(['token-0']);
  expect([...(seen.get('south') ?? [])]).toEqual(['token-1']);
  expect(process.env).toEqual(environment);
});

it('7: a kubeconfig that would start a program is refused, and by the name of the field', async () => {
  const secret = { namespace: 'leafway-system', name: 'leaf-paris' };
  fleet.central.edit<Secret>(resources.secrets, secret, (draft) => {
    const text = atob(draft.data?.kubeconfig ?? '');
    draft.data = { kubeconfig: btoa(text.replace(/token: \S+/, 'exec: { command: /bin/true, apiVersion: v1 }')) };
  });
  const connected = vi.spyOn(fleet, 'connect');
  await fleet.replaceOperator();
  expect(connected.mock.calls.map(([{ id }]) => id)).not.toContain('paris');
  const leaf = (await fleet.leaf('paris')) as LeafCluster;
  expect(conditionOf(leaf, 'Ready')).toMatchObject({ status: 'False', message: expect.stringContaining('exec') });
});

it('8: a status says for which spec it is true', async () => {
  await connect();
  fleet.hung = 'milan';
  await change('/spec/gateway', { mtu: 1_400 });
  await fleet.pass(8);
  const shortcut = (await fleet.shortcut()) as VirtualNodeShortcut;
  expect(shortcut.metadata.generation).toBe(2);
  expect(shortcut.status?.observedGeneration).toBe(1);
  const ready = conditionOf(shortcut, 'Ready');
  expect(ready?.status === 'True' && ready.observedGeneration === 2).toBe(false);
});

it('9: the rights on a leaf are neither all verbs, nor all kinds, nor anything about Secrets and workloads', () => {
  const file = join(import.meta.dirname, '..', '..', 'charts', 'leafway-leaf', 'files', 'roles', 'centre.yaml');
  const rule = /apiGroups: \[(.*)\]\n +resources: \[(.*)\]\n(?: +resourceNames: .*\n)? +verbs: \[(.*)\]/g;
  const rules = [...readFileSync(file, 'utf8').matchAll(rule)].map(([, ...lists]) => {
    const [apiGroups, resources, verbs] = lists.map((list) => list.split(', ')) as [string[], string[], string[]];
    return { apiGroups, resources, verbs };
  });
  expect(rules.length).toBeGreaterThan(5);
  for (const { apiGroups, resources, verbs } of rules) {
    expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
    expect(resources).not.toContain('secrets');
    const changing = verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb));
    if (changing.length === 0 || apiGroups.join() === 'networking.liqo.io') continue;
    // The namespaces of links, and what Liqo leaves of them.
    expect(['namespaces create,patch,delete', 'foreignclusters delete']).toContain(
      `${resources.join()} ${changing.join()}`,
    );
  }
});
