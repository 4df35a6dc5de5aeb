import { kinds, type VirtualNodeShortcut } from '@leafway/core';
import {
  annotationKeys,
  buildNetwork,
  type Configuration,
  decodeWantedCIDRs,
  type LiqoObject,
  type Network,
  remoteClusterIDOf,
  resources,
} from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

const edges = ['edge-0', 'edge-1', 'edge-2'];
let fleet: FakeFleet;
beforeEach(async () => {
  fleet = new FakeFleet(edges);
  await fleet.start();
});
afterEach(() => fleet.stop());

/** Every name that rome was ever asked to give to the pods of each other leaf. */
async function followWishes(signal: AbortSignal): Promise<Map<string, Set<string>>> {
  const wishes = new Map(edges.map((id) => [id, new Set<string>()]));
  const events = fleet.rome.api.watch<Configuration>(resources.configurations, { sendInitialEvents: true, signal });
  const follow = async (): Promise<void> => {
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue;
      const { object } = event;
      const wanted = decodeWantedCIDRs(object.metadata.annotations?.[annotationKeys.wantedCIDRs] ?? '');
      for (const name of wanted?.pod ?? []) wishes.get(remoteClusterIDOf(object) ?? '')?.add(name);
    }
  };
  follow().catch(() => undefined); // It ends with the signal.
  return wishes;
}

it.each([0, 500, 1_500])(
  'a leader that takes over %i ms after the first writes asks for the names that the one before asked for',
  async (laterMs) => {
    const end = new AbortController();
    const wishes = await followWishes(end.signal);
    // The last leader is too slow to say what it has accepted and what it saw: only the leaf knows.
    fleet.central.beforeRequest = ({ verb, type, name }) =>
      verb === 'apply' && (type.plural === kinds.leafClusters.plural || name === 'rome-edge-0')
        ? new Promise(() => undefined)
        : undefined;
    for (const id of edges) await fleet.create(`rome-${id}`, ['rome', id]);
    await fleet.clock.advance(laterMs);
    expect([...wishes.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    fleet.central.beforeRequest = () => undefined;
    await fleet.replaceOperator();
    await fleet.pass(20);
    end.abort();
    expect([...wishes.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
    for (const id of edges) expect((await fleet.shortcut(`rome-${id}`))?.status?.phase).toBe('Ready');
  },
);

it('a link of which a change was refused stays as it was under the next leader too, and under the one after that', async () => {
  const wish = (name: string, nodePort: number): unknown =>
    fleet.central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name }, ({ spec }) => {
      spec.gateway = { server: 'rome', service: { type: 'NodePort', nodePort } };
    });
  for (const [index, id] of edges.entries()) {
    await fleet.create(`rome-${id}`, ['rome', id]);
    wish(`rome-${id}`, 31_000 + index);
  }
  await fleet.pass(5);
  const servers = () =>
    fleet.rome.api.objects<LiqoObject>(resources.gatewayServers).map(({ metadata }) => metadata.resourceVersion);
  const before = servers();
  expect(before).toHaveLength(3);
  wish('rome-edge-0', 31_001);
  await fleet.pass(2);
  for (let leaders = 0; leaders < 2; leaders += 1) {
    await fleet.replaceOperator();
    await fleet.pass(2);
    expect((await fleet.shortcut('rome-edge-0'))?.status?.conditions?.[0]).toMatchObject({
      reason: 'Conflicted',
      message: expect.stringContaining('The link stays as it was before'),
    });
    expect(servers()).toEqual(before);
  }
  await fleet.central.delete(kinds.shortcuts, { name: 'rome-edge-1' });
  await fleet.pass(5);
  expect((await fleet.shortcut('rome-edge-0'))?.status?.phase).toBe('Ready');
});

it('a shortcut is judged although the API server of the centre refuses what is seen on its leaf', async () => {
  await fleet.create();
  await fleet.pass(3);
  const { beforeRequest } = fleet.central;
  fleet.central.beforeRequest = ({ verb, type, name }) => {
    if (verb !== 'apply' || type.plural !== kinds.leafClusters.plural || name !== 'rome') return undefined;
    throw new ApiError('apply leafclusters rome: Invalid', { code: 'Invalid', status: 422, operation: 'apply' });
  };
  const services = buildNetwork({ name: 'service-cidr', type: 'service', cidr: '10.96.0.0/12', liqoNamespace: 'liqo' });
  fleet.rome.api.seed<Network>(resources.networks, { ...services, status: { cidr: '10.96.0.0/12' } });
  await fleet.replaceOperator();
  await fleet.pass(60);
  expect((await fleet.shortcut())?.status?.phase).toBe('Degraded');
  fleet.central.beforeRequest = beforeRequest;
});

it('a link that works keeps its names when an older one goes before its LeafCluster tells of them', async () => {
  let isLate = true;
  fleet.central.beforeRequest = ({ verb, type }) =>
    isLate && verb === 'apply' && type.plural === kinds.leafClusters.plural ? new Promise(() => undefined) : undefined;
  for (const id of edges) await fleet.create(`rome-${id}`, ['rome', id]);
  await fleet.pass(2);
  const names = async () => (await fleet.shortcut('rome-edge-1'))?.status?.clusters?.[1]?.remappedPodCIDRs;
  const given = await names();
  expect(given).toHaveLength(1);
  await fleet.central.delete(kinds.shortcuts, { name: 'rome-edge-0' });
  await fleet.pass(2);
  fleet.central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: 'rome-edge-1' }, ({ metadata }) => {
    metadata.labels = { looked: 'at again' };
  });
  for (const late of [true, false]) {
    isLate = late;
    await fleet.pass(70);
    const wanted = fleet.rome.api
      .objects<Configuration>(resources.configurations)
      .map(({ metadata }) => decodeWantedCIDRs(metadata.annotations?.[annotationKeys.wantedCIDRs] ?? '')?.pod);
    expect(wanted[0]).toEqual(given);
    expect(await names()).toEqual(given);
  }
});
