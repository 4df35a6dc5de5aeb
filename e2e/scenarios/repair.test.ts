import { setTimeout as delay } from 'node:timers/promises';
import type { VirtualNodeShortcut } from '@leafway/core';
import { connectAsAdmin, type RunningLab } from '@leafway/lab';
import { gatewayResourceName, type LiqoObject, labelKeys, resources, tenantNamespaceName } from '@leafway/liqo';
import type { JsonPatchOperation, KubeApi, ObjectRef, ResourceType } from '@leafway/reconciler';
import { mustKubectl } from 'leafway/demo';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedLab } from '../support/lab/shared-lab.ts';
import { centralEventsOf } from '../support/objects/events.ts';
import { lookAt, type ObjectLook } from '../support/objects/objects.ts';
import { deleteShortcut, makeShortcut } from '../support/objects/shortcuts.ts';
import { conditionOf, isReady, waitFor, waitForShortcut } from '../support/objects/wait.ts';
import { expectDirect, expectPacketSoon, watchBothWays } from '../support/traffic.ts';

const name = 'rome-milan';
/** The goal is a second; a busy machine gets more. */
const restoredWithinMs = 10_000;

/** One object of the link; milan serves, rome is the client. */
interface Target {
  readonly cluster: 'rome' | 'milan';
  readonly type: ResourceType;
}

const otherThan = (cluster: string): string => (cluster === 'rome' ? 'milan' : 'rome');

function refOf({ cluster, type }: Target): ObjectRef {
  const peer = otherThan(cluster);
  if (type === resources.namespaces) return { name: tenantNamespaceName(peer) };
  return {
    namespace: tenantNamespaceName(peer),
    name: type === resources.connections ? gatewayResourceName(peer) : peer,
  };
}

const both = (type: ResourceType): Target[] => [
  { cluster: 'rome', type },
  { cluster: 'milan', type },
];
const configurations = both(resources.configurations);
const publicKeys = both(resources.publicKeys);
const connections = both(resources.connections);
const namespaces = both(resources.namespaces);
const client: Target = { cluster: 'rome', type: resources.gatewayClients };
const server: Target = { cluster: 'milan', type: resources.gatewayServers };

const replace = (path: string, value: unknown): JsonPatchOperation => ({ op: 'replace', path, value });
const remoteLabel = `/metadata/labels/${labelKeys.remoteClusterID.replace('/', '~1')}`;

type Row = readonly [string, string, Target];
const row = (target: Target): Row => [target.cluster, target.type.kind, target];

describe('an object of a live shortcut', () => {
  let lab: RunningLab;
  let look: ObjectLook;
  /** All objects of the link, as they shall be again after each repair. */
  let complete: string[];
  const apis = new Map<string, KubeApi & { close(): Promise<void> }>();
  const tookMs: [string, number][] = [];

  beforeAll(async () => {
    lab = await sharedLab();
    await makeShortcut(lab, name, ['rome', 'milan'], { gateway: { server: 'milan' } });
    look = await lookAt(lab, ['rome', 'milan']);
    complete = await look.take();
    for (const cluster of ['rome', 'milan']) apis.set(cluster, await connectAsAdmin(lab, cluster));
  });
  afterAll(async () => {
    for (const [what, ms] of tookMs) console.log(`${what.padEnd(40)} restored after ${Math.round(ms)} ms`);
    await Promise.all([look?.close(), ...[...apis.values()].map((api) => api.close())]);
    await deleteShortcut(lab, name);
  });

  /** Spoils an object, waits until it is as before, and then until the link works. */
  async function expectRepair(
    target: Target,
    what: string,
    spoil: (api: KubeApi, ref: ObjectRef) => Promise<unknown>,
    isRestored: (before: LiqoObject, found: LiqoObject) => boolean,
  ): Promise<void> {
    const { cluster, type } = target;
    const api = apis.get(cluster) as KubeApi;
    const ref = refOf(target);
    const before = (await api.get<LiqoObject>(type, ref)) as LiqoObject;
    await spoil(api, ref);
    const start = performance.now();
    await waitFor<LiqoObject>(lab, cluster, {
      type,
      ...ref,
      what: `the ${type.kind} as it was`,
      accept: (found) => found !== undefined && isRestored(before, found),
      timeoutMs: restoredWithinMs,
    });
    tookMs.push([`${what} ${type.kind} on ${cluster}`, performance.now() - start]);
    await expect.poll(look.take, { timeout: 30_000, interval: 50 }).toEqual(complete);
    await waitForShortcut(lab, name, 'being Ready', isReady);
    await expectPacketSoon(lab, 'rome', 'milan');
  }

  const expectReturn = (target: Target): Promise<void> =>
    expectRepair(
      target,
      'deleted',
      (api, ref) => api.delete(target.type, ref),
      (before, found) => found.metadata.uid !== before.metadata.uid && found.metadata.deletionTimestamp === undefined,
    );

  const expectCorrection = (target: Target, operation: JsonPatchOperation): Promise<void> => {
    const wanted = ({ metadata: { labels }, spec }: LiqoObject & { spec?: unknown }) => JSON.stringify([labels, spec]);
    let spoilt = '';
    return expectRepair(
      target,
      'edited',
      async (api, ref) => {
        const answer = await api.patch<LiqoObject>(target.type, ref, [operation]);
        spoilt = answer.metadata.resourceVersion ?? '';
      },
      (before, found) => found.metadata.resourceVersion !== spoilt && wanted(found) === wanted(before),
    );
  };

  /** What the status says of the last repair. */
  function expectReport({ cluster, type }: Target): Promise<VirtualNodeShortcut> {
    // A PublicKey goes with its gateway, and may be the last that was restored.
    const told: readonly string[] = [type.kind, ...(type.kind.startsWith('Gateway') ? ['PublicKey'] : [])];
    return waitForShortcut(
      lab,
      name,
      `telling that the ${type.kind} on ${cluster} was repaired`,
      ({ status }) => {
        const { lastRepair } = status ?? {};
        const ref = refOf({ cluster, type });
        return (
          lastRepair?.cluster === cluster &&
          told.includes(lastRepair.kind) &&
          lastRepair.name === ref.name &&
          lastRepair.namespace === ref.namespace &&
          lastRepair.message !== '' &&
          Date.now() - Date.parse(lastRepair.time) < 120_000
        );
      },
      10_000,
    );
  }

  it.each([...configurations, ...publicKeys, client, server].map(row))(
    'on %s of kind %s comes back when it is deleted, and the status says so',
    async (_cluster, _kind, target) => {
      const watch = await watchBothWays(lab, 'rome', 'milan');
      await expectReturn(target);
      await expectReport(target);
      const { sent, lost } = await watch.finish();
      console.log(`${target.type.kind} on ${target.cluster} deleted: ${lost} of ${sent} datagrams were lost`);
    },
  );

  it.each<[string, string, Target, JsonPatchOperation]>(
    [
      ...configurations.map((target) => [...row(target), replace('/spec/remote/cidr/pod/0', '10.99.0.0/16')] as const),
      ...publicKeys.map(
        (target) => [...row(target), replace('/spec/publicKey', Buffer.alloc(32, 7).toString('base64'))] as const,
      ),
      [...row(client), replace('/spec/endpoint/port', 1111)],
      [...row(server), replace('/spec/mtu', 1300)],
      ...namespaces.map((target) => [...row(target), { op: 'remove', path: remoteLabel }] as const),
    ].map((fields) => [...fields] as [string, string, Target, JsonPatchOperation]),
  )(
    'on %s of kind %s is corrected when it is edited, and the status says so',
    async (_cluster, _kind, target, operation) => {
      await expectCorrection(target, operation);
      await expectReport(target);
    },
  );

  it.each(connections.map(row))('on %s of kind %s comes back when it is deleted', (_cluster, _kind, target) =>
    expectReturn(target),
  );

  it.each(connections.map(row))(
    'on %s of kind %s is corrected when its status is edited',
    async (_cluster, _kind, target) => {
      const status = JSON.stringify({ status: { value: 'Error' } });
      const { name: object, namespace = '' } = refOf(target);
      const patch = [
        'patch',
        'connections.networking.liqo.io',
        object,
        `--namespace=${namespace}`,
        '--subresource=status',
        '--type=merge',
        '--patch',
        status,
      ];
      await mustKubectl(lab, target.cluster, patch);
      await waitFor<LiqoObject & { status?: { value?: string } }>(lab, target.cluster, {
        type: target.type,
        ...refOf(target),
        what: 'Connected again',
        accept: (found) => found?.status?.value === 'Connected',
        timeoutMs: restoredWithinMs,
      });
      await waitForShortcut(lab, name, 'being Ready', isReady);
    },
  );

  it('that somebody changes without end is brought back ever less often, and it is said who that is', async () => {
    const [target = client] = configurations;
    const [api, ref] = [apis.get(target.cluster) as KubeApi, refOf(target)];
    const label = 'app.kubernetes.io/managed-by';
    let changes = 0;
    for (const until = performance.now() + 4_000; performance.now() < until; await delay(10)) {
      const found = await api.get<LiqoObject>(target.type, ref);
      if (found?.metadata.labels?.[label] !== 'leafway') continue;
      await api.patch(target.type, ref, [replace(`/metadata/labels/${label.replace('/', '~1')}`, 'somebody')]);
      changes += 1;
    }
    console.log(`${target.type.kind} on ${target.cluster} was changed ${changes} times in 4 s`);
    expect(changes).toBeLessThanOrEqual(12);
    const { status } = await waitForShortcut(
      lab,
      name,
      'saying that a repair loops',
      (found) => conditionOf(found, 'Ready')?.reason === 'RepairLoop',
      10_000,
    );
    expect(status?.lastRepair).toMatchObject({
      fieldManager: 'leafway-lab',
      message: expect.stringContaining(`was changed in metadata.labels[${label}] by leafway-lab, and was restored`),
    });
    const words = 'is changed or removed by leafway-lab as often as it is brought back';
    expect(status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(words);
    await expect.poll(look.take, { timeout: 30_000, interval: 50 }).toEqual(complete);
    await expectDirect(lab, 'rome', 'milan');
  });

  it('is named by an event for each repair', async () => {
    const told = await centralEventsOf(lab, 'VirtualNodeShortcut', name);
    const notes = told.filter(({ reason }) => reason === 'Repaired').map(({ note }) => note);
    for (const { cluster, type } of [...configurations, ...publicKeys, ...namespaces, client, server]) {
      expect(
        notes.some((note) => note.includes(type.kind) && note.includes(cluster)),
        `${type.kind} on ${cluster} in: ${notes.join(' | ')}`,
      ).toBe(true);
    }
  });

  it('is restored for good: both ways carry traffic at the end', async () => {
    await expectDirect(lab, 'rome', 'milan');
    await expectDirect(lab, 'milan', 'rome');
  });
});
