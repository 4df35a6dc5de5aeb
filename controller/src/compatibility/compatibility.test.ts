import { compatibilityKinds, kinds, type ShortcutStatus, type VirtualNodeShortcut } from '@leafway/core';
import { ApiError, type Condition, createCache, findCondition, noMetrics } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aForeignClusterConnection, aVirtualNodeConnection, itsShortcut, saying } from '../testing/connections.ts';
import { createCompatibility } from './compatibility.ts';
import { type Connection, shortcutNameOf } from './connection.ts';

const { foreignClusterConnections: type } = compatibilityKinds;
const ref = { namespace: 'default', name: 'rome-milan' };
const ready = saying('Ready', 'Accepted=True Accepted', 'Connected=True Connected', 'Ready=True Ready');

let clock: FakeClock;
let central: FakeKubeApi;
let stop: AbortController;
let running: Promise<unknown>;

beforeEach(async () => {
  clock = new FakeClock();
  central = new FakeKubeApi({ cluster: 'central', clock });
  await start();
});
afterEach(end);

async function start(): Promise<void> {
  stop = new AbortController();
  const { signal } = stop;
  const ports = { clock, random: seededRandom(1), log: silentLogger, metrics: noMetrics };
  const shortcuts = createCache<VirtualNodeShortcut>({ ...ports, api: central, type: kinds.shortcuts });
  const deps = { ...ports, central, cluster: 'central', shortcuts, liqoNamespace: 'liqo' };
  const compatibility = createCompatibility(deps);
  running = Promise.all([shortcuts.run(signal), compatibility.follow(signal), compatibility.lead(signal)]);
  await clock.advance(1_000);
}

async function end(): Promise<void> {
  stop.abort();
  for (let turns = 0; turns < 20; turns += 1) await clock.advance(1_000);
  await running;
}

const asCreated = (over: Parameters<typeof aForeignClusterConnection>[0] = {}): Connection => {
  const { uid: _, generation: __, ...metadata } = aForeignClusterConnection(over).metadata;
  return { ...aForeignClusterConnection(over), metadata };
};
const childName = shortcutNameOf(aForeignClusterConnection());

async function create(connection: Connection = asCreated()): Promise<void> {
  await central.create(type, connection);
  await clock.advance(500);
}
const stored = (): Connection | undefined => central.object<Connection>(type, ref);
const child = (): VirtualNodeShortcut | undefined => central.object(kinds.shortcuts, { name: childName });
const condition = (of: string): Condition | undefined => findCondition(stored()?.status?.conditions, of);

/** What the controller of shortcuts does, as far as it shows. */
async function report(status: ShortcutStatus, finalizers: string[] = ['leafway.dev/shortcut']): Promise<void> {
  const observedGeneration = child()?.metadata.generation ?? 0;
  central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: childName }, (draft) => {
    draft.metadata.finalizers = finalizers;
    const conditions = (status.conditions ?? []).map((one) => ({ ...one, observedGeneration }));
    draft.status = { ...status, observedGeneration, conditions };
  });
  await clock.advance(500);
}
const letGo = async (): Promise<void> => {
  central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: childName }, (draft) => delete draft.metadata.finalizers);
  await clock.advance(500);
};

describe('a connection', () => {
  test('is held, carried out by a shortcut, and as Ready as that is', async () => {
    await create();
    expect(stored()?.metadata.finalizers).toEqual(['leafway.dev/connection']);
    expect(child()).toMatchObject({
      metadata: { labels: { 'leafway.dev/connection-uid': stored()?.metadata.uid } },
      spec: { clusters: [{ id: 'rome' }, { id: 'milan' }], gateway: { server: 'milan', mtu: 1450 } },
    });
    expect(stored()?.status).toMatchObject({ isConnected: false, phase: 'Pending' });
    expect(condition('Accepted')).toMatchObject({ status: 'True', message: expect.stringContaining('timeoutSeconds') });
    await report(ready);
    expect(stored()?.status).toMatchObject({ isConnected: true, phase: 'Connected', observedGeneration: 1 });
    expect(condition('Ready')).toMatchObject({ status: 'True', observedGeneration: 1 });
  });

  test('of the first form of the kind is carried out, too', async () => {
    const { virtualNodeConnections } = compatibilityKinds;
    const {
      metadata: { uid: _, generation: __, ...metadata },
      ...connection
    } = aVirtualNodeConnection();
    await central.create(virtualNodeConnections, { ...connection, metadata });
    await clock.advance(500);
    const [made] = central.objects<VirtualNodeShortcut>(kinds.shortcuts);
    expect(made?.metadata.name).toBe(shortcutNameOf(aVirtualNodeConnection()));
    expect(made?.spec.gateway).toMatchObject({ server: 'milan', service: { type: 'NodePort' } });
  });

  test('asks nothing of anybody while nothing changes', async () => {
    await create();
    await report(ready);
    const before = central.requests.length;
    await clock.advance(60_000);
    await end();
    await start();
    await clock.advance(60_000);
    expect(central.requests.slice(before).filter(({ verb }) => !['watch', 'list'].includes(verb))).toEqual([]);
  });

  test('that changes changes its shortcut, and leaves what people set there', async () => {
    await create();
    central.edit<VirtualNodeShortcut>(kinds.shortcuts, { name: childName }, (draft) => {
      draft.spec.existing = 'Adopt';
      draft.spec.gateway = { ...draft.spec.gateway, mtu: 1300, client: { port: 4500 } };
    });
    await clock.advance(500);
    expect(child()?.spec).toMatchObject({ existing: 'Adopt', gateway: { mtu: 1450, client: { port: 4500 } } });
    await report(ready);
    central.edit<Connection>(type, ref, (draft) => {
      (draft.spec as { networking?: object }).networking = { mtu: 1400, serverServiceType: 'ClusterIP' };
    });
    await clock.advance(500);
    expect(child()?.spec).toMatchObject({ existing: 'Adopt', gateway: { mtu: 1400, service: { type: 'ClusterIP' } } });
    expect(stored()?.status?.observedGeneration).toBe(1);
    expect(condition('Ready')).toMatchObject({ status: 'Unknown', reason: 'Waiting', observedGeneration: 2 });
    await report(ready);
    expect(stored()?.status?.observedGeneration).toBe(2);
    expect(condition('Ready')).toMatchObject({ status: 'True', observedGeneration: 2 });
  });

  test('that names another pair has its link removed, and then the other one made', async () => {
    await create();
    await report(ready);
    central.edit<Connection>(type, ref, (draft) => {
      (draft.spec as { foreignClusterB: string }).foreignClusterB = 'paris';
    });
    await clock.advance(500);
    expect(child()?.metadata.deletionTimestamp).toBeDefined();
    expect(child()?.spec.clusters).toEqual([{ id: 'rome' }, { id: 'milan' }]);
    expect(condition('Accepted')).toMatchObject({ status: 'False', reason: 'Replacing' });
    await letGo();
    expect(child()?.spec).toMatchObject({ clusters: [{ id: 'rome' }, { id: 'paris' }], gateway: { server: 'paris' } });
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
  });

  test('whose shortcut somebody deletes gets a new one when it is gone', async () => {
    await create();
    await report(ready);
    const before = child()?.metadata.uid;
    central.remove(kinds.shortcuts, { name: childName });
    await clock.advance(500);
    expect(condition('Accepted')).toMatchObject({ status: 'False', reason: 'Replacing' });
    await letGo();
    expect(child()?.metadata.uid).not.toBe(before);
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
  });

  test("leaves a shortcut alone that is somebody else's, says so, and takes its turn when that is gone", async () => {
    const foreign = itsShortcut(aForeignClusterConnection(), { metadata: { labels: {} } });
    central.seed(kinds.shortcuts, foreign);
    await create();
    const before = child();
    expect(condition('Accepted')).toMatchObject({ reason: 'NameTaken', message: expect.stringContaining(childName) });
    expect(stored()?.status).toMatchObject({ phase: 'Failed', errorMessage: expect.stringContaining(childName) });
    central.edit<Connection>(type, ref, (draft) => {
      (draft.spec as { foreignClusterB: string }).foreignClusterB = 'paris';
    });
    await clock.advance(500);
    expect(child()).toEqual(before);
    central.remove(kinds.shortcuts, { name: childName });
    await clock.advance(500);
    expect(child()?.spec.clusters).toEqual([{ id: 'rome' }, { id: 'paris' }]);
  });

  test('whose shortcut is refused says why, and is tried again', async () => {
    central.beforeRequest = ({ verb, type: { kind } }) => {
      if (verb !== 'create' || kind !== kinds.shortcuts.kind) return;
      throw new ApiError('admission webhook denied the request: the pair is taken', {
        ...{ code: 'Invalid', status: 422, operation: 'create' },
      });
    };
    await create();
    expect(condition('Accepted')).toMatchObject({ reason: 'Refused', message: expect.stringContaining('is taken') });
    expect(stored()?.status).toMatchObject({ phase: 'Failed', errorMessage: expect.stringContaining('is taken') });
    central.beforeRequest = undefined;
    await clock.advance(31_000);
    expect(child()).toBeDefined();
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
  });

  test('whose shortcut cannot be made while the webhook is away says so, and is tried again soon', async () => {
    central.beforeRequest = ({ verb, type: { kind } }) => {
      if (verb !== 'create' || kind !== kinds.shortcuts.kind) return;
      throw new ApiError('failed calling webhook', { code: 'Unavailable', status: 500, operation: 'create' });
    };
    await create();
    expect(condition('Accepted')).toMatchObject({ reason: 'Refused', message: expect.stringContaining('webhook') });
    central.beforeRequest = undefined;
    await clock.advance(5_000);
    expect(condition('Accepted')).toMatchObject({ status: 'True' });
  });
});

describe('a connection of the Foreign Cluster Connector that was there before', () => {
  test('has nothing left of the status that it had', async () => {
    await end();
    const lastUpdated = '2025-06-10T20:56:57+02:00';
    const status = { isConnected: true, phase: 'Connected', lastUpdated, errorMessage: 'Error: old' };
    central.seed<Connection>(type, aForeignClusterConnection({ status }));
    await start();
    expect(stored()?.status).toMatchObject({ isConnected: false, phase: 'Pending' });
    expect(stored()?.status).not.toHaveProperty('errorMessage');
    expect(stored()?.status?.lastUpdated).not.toBe(lastUpdated);
  });
});

describe('a connection that is deleted', () => {
  test('goes after a shortcut, too, that another leader made at the last moment', async () => {
    await create();
    central.beforeRequest = ({ verb, type: { kind } }) =>
      verb === 'watch' && kind === kinds.shortcuts.kind ? new Promise(() => undefined) : undefined;
    await end();
    await start();
    central.remove(type, ref);
    await clock.advance(500);
    expect(stored()).toBeUndefined();
    expect(child()).toBeUndefined();
  });

  test('goes after its shortcut, which goes first', async () => {
    await create();
    await report(ready);
    central.remove(type, ref);
    await clock.advance(500);
    expect(child()?.metadata.deletionTimestamp).toBeDefined();
    expect(condition('Ready')).toMatchObject({ status: 'False', reason: 'Deleting' });
    await letGo();
    expect([stored(), child()]).toEqual([undefined, undefined]);
  });

  test("leaves a shortcut of the same name that is somebody else's", async () => {
    central.seed(kinds.shortcuts, itsShortcut(aForeignClusterConnection(), { metadata: { labels: {} } }));
    await create();
    central.remove(type, ref);
    await clock.advance(500);
    expect(stored()).toBeUndefined();
    expect(child()?.metadata.deletionTimestamp).toBeUndefined();
  });

  test('is not held by the Foreign Cluster Connector that was there before, but by others', async () => {
    const finalizers = ['foreignclusterconnection.finalizers.networking.liqo.io', 'someone.example/else'];
    await create(asCreated({ metadata: { finalizers } }));
    central.remove(type, ref);
    await clock.advance(1_000);
    expect(child()).toBeUndefined();
    expect(stored()?.metadata.finalizers).toEqual(['someone.example/else']);
  });
});

describe('where the API server does not have these kinds', () => {
  test('nothing happens until it has', async () => {
    await end();
    await create();
    central.beforeRequest = ({ type: { group } }) => {
      if (group !== type.group) return;
      throw new ApiError('no such kind', { code: 'NotFound', status: 404, operation: 'list' });
    };
    await start();
    await clock.advance(60_000);
    expect(child()).toBeUndefined();
    central.beforeRequest = undefined;
    await clock.advance(120_000);
    expect(child()).toBeDefined();
  });
});
