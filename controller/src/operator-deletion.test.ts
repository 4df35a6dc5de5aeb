import { kinds, type LeafCluster, leafClusterSchema } from '@leafway/core';
import { type Configuration, resources } from '@leafway/liqo';
import { ApiError } from '@leafway/reconciler';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeFleet } from './testing/fake-fleet.ts';

let fleet: FakeFleet;
afterEach(() => fleet.stop());

async function aFleet(): Promise<FakeFleet> {
  fleet = new FakeFleet();
  await fleet.start();
  return fleet;
}

const place = { namespace: 'liqo-tenant-milan', name: 'milan' };
const cleanedUp = async () => (await fleet.leaf('rome'))?.status?.conditions?.find(({ type }) => type === 'CleanedUp');

describe('the operator, when something is deleted', () => {
  it('removes everything of a deleted shortcut, and only that', async () => {
    const { rome, milan } = await aFleet();
    const names = async () =>
      (await Promise.all([rome, milan].map(({ api }) => api.list(resources.namespaces)))).map(({ items }) =>
        items.map(({ metadata }) => metadata.name),
      );
    const before = await names();
    await fleet.create();
    await fleet.pass(3);
    await fleet.central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(3);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(await names()).toEqual(before);
  });

  it('writes down what it left on a leaf, although the cluster in its place has nothing of it', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    const replaced = [{ op: 'replace', path: '/status/identity/uid', value: 'another cluster' }] as const;
    await central.patch(kinds.leafClusters, { name: 'rome' }, replaced, { subresource: 'status' });
    await fleet.pass(1);
    for (const type of [
      resources.gatewayClients,
      resources.gatewayServers,
      resources.publicKeys,
      resources.configurations,
    ])
      await rome.api.delete(type, { namespace: 'liqo-tenant-milan', name: 'milan' });
    await rome.api.delete(resources.namespaces, { name: 'liqo-tenant-milan' });
    await fleet.pass(1);
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(10);
    expect(await fleet.shortcut()).toBeUndefined();
    expect((await fleet.leaf('rome'))?.status?.pendingCleanup).toHaveLength(4);
  });

  it('ends a deletion while a leaf is away, and finishes there when it returns', async () => {
    const { central, rome, milan } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    expect((await fleet.leaf('rome'))?.status?.conditions?.[0]).toMatchObject({ type: 'Reachable', status: 'False' });
    expect(await cleanedUp()).toBeUndefined();
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(await milan.api.get(resources.namespaces, { name: 'liqo-tenant-rome' })).toBeUndefined();
    expect((await fleet.leaf('rome'))?.status?.pendingCleanup).toHaveLength(4);
    expect(await cleanedUp()).toMatchObject({
      ...{ status: 'False', reason: 'LeafUnusable' },
      message: expect.stringContaining('run "kubectl annotate leafcluster rome leafway.dev/abandon=true"'),
    });
    fleet.away = undefined;
    await fleet.pass(60);
    expect((await cleanedUp())?.status).toBe('True');
    expect(fleet.leafEvents.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Warning Unusable',
      'Warning LeafUnusable',
      'Normal Reachable',
      'Normal CleanedUp',
    ]);
    expect(await rome.api.get(resources.namespaces, { name: 'liqo-tenant-milan' })).toBeUndefined();
    expect((await fleet.leaf('rome'))?.status?.pendingCleanup).toEqual([]);
  });

  it.each(['refused', 'never answered'] as const)(
    'finishes there and plans for others, although the removal of one remainder is %s',
    async (kind) => {
      fleet = new FakeFleet(['edge']);
      await fleet.start();
      const { central, rome } = fleet;
      for (const peer of ['milan', 'edge']) await fleet.create(`rome-${peer}`, ['rome', peer]);
      await fleet.pass(3);
      fleet.away = 'rome';
      rome.api.breakWatches();
      await fleet.pass(10);
      for (const peer of ['milan', 'edge']) await central.delete(kinds.shortcuts, { name: `rome-${peer}` });
      await fleet.pass(5);
      fleet.onRequest = ({ verb, namespace }) => {
        if (verb !== 'delete' || namespace !== 'liqo-tenant-milan') return undefined;
        if (kind === 'never answered') return new Promise(() => undefined);
        throw new ApiError('delete: Forbidden', { code: 'Forbidden', status: 403, operation: 'delete' });
      };
      fleet.away = undefined;
      await fleet.join('new');
      await fleet.create('rome-new', ['rome', 'new']);
      await fleet.pass(50);
      expect((await fleet.shortcut('rome-new'))?.status?.phase).toBe('Ready');
      expect(rome.api.object(resources.namespaces, { name: 'liqo-tenant-edge' })).toBeUndefined();
      const { pendingCleanup = [] } = (await fleet.leaf('rome'))?.status ?? {};
      expect(new Set(pendingCleanup.map(({ shortcut }) => shortcut.name))).toEqual(new Set(['rome-milan']));
      const why = kind === 'refused' ? / rome: delete.*Forbidden/ : / rome: delete.*: not done within 5 s/;
      expect(await cleanedUp()).toMatchObject({ reason: 'Failing', message: expect.stringMatching(why) });
    },
  );

  it('why something is left on a leaf is written once, whichever of several removals fails first', async () => {
    fleet = new FakeFleet(['edge']);
    await fleet.start();
    const { central, rome } = fleet;
    for (const peer of ['milan', 'edge']) await fleet.create(`rome-${peer}`, ['rome', peer]);
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    for (const peer of ['milan', 'edge']) await central.delete(kinds.shortcuts, { name: `rome-${peer}` });
    await fleet.pass(5);
    let turn = 0;
    fleet.onRequest = async ({ verb, namespace = '' }) => {
      if (verb !== 'delete' || !namespace.startsWith('liqo-tenant-')) return;
      turn += 1;
      // Neither is always the faster one.
      const isSlow = (namespace === 'liqo-tenant-milan') === (Math.floor((turn - 1) / 2) % 2 === 0);
      await new Promise<void>((resolve) => fleet.clock.setTimer(isSlow ? 20 : 10, resolve));
      throw new ApiError(`delete in ${namespace}: Forbidden`, { code: 'Forbidden', status: 403, operation: 'delete' });
    };
    fleet.away = undefined;
    await fleet.pass(40);
    const from = central.requests.length;
    await fleet.pass(120);
    const writes = central.requests
      .slice(from)
      .filter(({ type, verb }) => type === kinds.leafClusters && verb === 'apply');
    expect(writes).toEqual([]);
  });

  it('names what others keep from going on a leaf that returned', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    rome.api.edit<Configuration>(resources.configurations, place, ({ metadata }) => {
      metadata.finalizers = ['example.com/theirs'];
    });
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    fleet.away = undefined;
    await fleet.pass(60);
    expect(await cleanedUp()).toMatchObject({
      ...{ status: 'False', reason: 'Removing' },
      message: expect.stringMatching(
        /Configuration liqo-tenant-milan\/milan .*held by the finalizer example\.com\/theirs/,
      ),
    });
  });

  it('ends a deletion although its leaf owes nearly as much as a LeafCluster holds', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    const { maxItems } = leafClusterSchema.properties.status.properties.pendingCleanup;
    central.edit<LeafCluster>(kinds.leafClusters, { name: 'rome' }, (leaf) => {
      const pendingCleanup = Array.from({ length: maxItems - 1 }, (_, index) => ({
        ...{ apiVersion: 'v1', kind: 'Namespace', name: `object-${index}`, uid: `${index}`, remoteClusterID: 'edge' },
        shortcut: { name: `other-${index >> 2}`, uid: `other-${index >> 2}` },
      }));
      leaf.status = { ...leaf.status, pendingCleanup };
    });
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    expect(await fleet.shortcut()).toBeUndefined();
    const { pendingCleanup = [] } = (await fleet.leaf('rome'))?.status ?? {};
    expect(pendingCleanup.length).toBeLessThanOrEqual(maxItems);
    const owed = new Set(pendingCleanup.map(({ shortcut }) => shortcut.name));
    expect(owed.size).toBe(maxItems / 4 + 1);
    expect(owed).toContain('rome-milan');
  });

  it('holds a LeafCluster as long as a shortcut needs it', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    await central.delete(kinds.leafClusters, { name: 'rome' });
    await fleet.pass(1);
    expect(await fleet.leaf('rome')).toBeDefined();
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    expect(await fleet.shortcut()).toBeUndefined();
    expect(await fleet.leaf('rome')).toBeUndefined();
    expect(await rome.api.get(resources.namespaces, { name: 'liqo-tenant-milan' })).toBeUndefined();
  });

  it('begins no link with a LeafCluster that goes, when nothing keeps the pair waiting any more', async () => {
    const { central, rome, milan } = await aFleet();
    const before = rome.api.list(resources.namespaces);
    await fleet.create();
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    await fleet.create('again');
    await central.delete(kinds.leafClusters, { name: 'rome' });
    await fleet.pass(5);
    expect((await fleet.shortcut('again'))?.status?.conditions?.[0]).toMatchObject({
      ...{ type: 'Accepted', status: 'False', message: expect.stringContaining('LeafCluster rome is being deleted') },
    });
    fleet.away = undefined;
    await fleet.pass(60);
    expect(await fleet.leaf('rome')).toBeUndefined();
    expect((await rome.api.list(resources.namespaces)).items).toHaveLength((await before).items.length);
    expect(await milan.api.get(resources.namespaces, { name: 'liqo-tenant-rome' })).toBeUndefined();
  });

  it.each(['done', 'refused'] as const)(
    'holds a LeafCluster for a shortcut whose hold is under way, and %s',
    async (end) => {
      const { central } = await aFleet();
      central.beforeRequest = async ({ verb, type }) => {
        if (verb !== 'patch' || type !== kinds.shortcuts) return;
        central.beforeRequest = undefined;
        await central.delete(kinds.leafClusters, { name: 'rome' });
        await new Promise<void>((resolve) => fleet.clock.setTimer(2_000, resolve));
        if (end === 'refused') throw new ApiError('denied', { code: 'Forbidden', status: 403, operation: 'patch' });
      };
      await fleet.create();
      await fleet.pass(10);
      const isThere = (await fleet.leaf('rome')) !== undefined;
      expect([isThere, (await fleet.shortcut())?.status?.phase]).toEqual(
        end === 'done' ? [true, 'Ready'] : [false, 'Refused'],
      );
    },
  );

  it('gives up what is left on a leaf when it is told to, once', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    const value = { 'leafway.dev/abandon': 'yes' };
    await central.patch(kinds.leafClusters, { name: 'rome' }, [{ op: 'add', path: '/metadata/annotations', value }]);
    await fleet.pass(5);
    const leaf = await fleet.leaf('rome');
    expect(leaf?.status?.pendingCleanup).toEqual([]);
    expect(leaf?.metadata).toMatchObject({ annotations: {} });
    await fleet.pass(60);
    expect(await cleanedUp()).toMatchObject({ status: 'True', reason: 'GivenUp' });
  });

  it('gives up nothing of a shortcut that is deleted after that, while others use the leaf', async () => {
    fleet = new FakeFleet(['edge']);
    await fleet.start();
    const { central, rome } = fleet;
    for (const peer of ['milan', 'edge']) await fleet.create(`rome-${peer}`, ['rome', peer]);
    await fleet.pass(3);
    fleet.away = 'rome';
    rome.api.breakWatches();
    await fleet.pass(10);
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    const value = { 'leafway.dev/abandon': 'yes' };
    await central.patch(kinds.leafClusters, { name: 'rome' }, [{ op: 'add', path: '/metadata/annotations', value }]);
    await fleet.pass(5);
    expect((await fleet.leaf('rome'))?.metadata).toMatchObject({ annotations: {} });
    await central.delete(kinds.shortcuts, { name: 'rome-edge' });
    await fleet.pass(5);
    expect((await fleet.leaf('rome'))?.status?.pendingCleanup).toHaveLength(4);
  });

  it('keeps a namespace of which it may not see the contents', async () => {
    const { central, rome } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    fleet.forbidden = 'daemonsets';
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(5);
    expect(await fleet.shortcut()).toBeUndefined();
    const kept = await rome.api.get(resources.namespaces, { name: 'liqo-tenant-milan' });
    expect(JSON.stringify(kept?.metadata)).not.toContain('leafway');
  });

  it('says at once that it deletes, and cleans the living side, while the other leaf hangs', async () => {
    const { central, rome, milan } = await aFleet();
    await fleet.create();
    await fleet.pass(3);
    fleet.hung = 'rome';
    await central.delete(kinds.shortcuts, { name: 'rome-milan' });
    await fleet.pass(1);
    expect((await fleet.shortcut())?.status?.phase).toBe('Deleting');
    await fleet.pass(8);
    expect(milan.api.objects(resources.namespaces).map(({ metadata }) => metadata.name)).not.toContain(
      'liqo-tenant-rome',
    );
    await fleet.pass(12);
    expect(await fleet.shortcut()).toBeUndefined();
    const away = (await fleet.leaf('rome'))?.status;
    expect(away?.pendingCleanup).toHaveLength(4);
    expect(away?.conditions?.[0]?.message).toContain('it does not answer within 5 s');
    fleet.recover();
    await fleet.pass(120);
    expect(await rome.api.get(resources.namespaces, { name: 'liqo-tenant-milan' })).toBeUndefined();
  });
});
