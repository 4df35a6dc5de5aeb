import { compatibilityKinds, kinds } from '@leafway/core';
import { type KubeObject, leases } from '@leafway/reconciler';
import { FakeClock, FakeKubeApi, seededRandom, silentLogger } from '@leafway/reconciler/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../compatibility/connection.ts';
import { aForeignClusterConnection, itsShortcut } from '../testing/connections.ts';
import { type DrainReport, drain } from './drain.ts';
import { failureLines } from './words.ts';

const lease = { namespace: 'leafway-system', name: 'leafway-controller' };
const { foreignClusterConnections: type } = compatibilityKinds;
const connection = aForeignClusterConnection({ metadata: { finalizers: ['leafway.dev/connection'] } });
const shortcut = itsShortcut(connection, { metadata: { finalizers: ['leafway.dev/shortcut'] } });

let clock: FakeClock;
let central: FakeKubeApi;
beforeEach(() => {
  clock = new FakeClock();
  central = new FakeKubeApi({ clock });
  central.seed<Connection>(type, connection);
  central.seed(kinds.shortcuts, shortcut);
});

function seedLeader(): void {
  const spec = { holderIdentity: 'somebody', leaseDurationSeconds: 3_600 };
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease, spec };
  central.seed<KubeObject & { spec: object }>(leases, object);
}

function start(compatibility: boolean): Promise<DrainReport> {
  const deps = { central, clock, random: seededRandom(1), log: silentLogger, progress: () => undefined };
  return drain(deps, { timeoutMs: 60_000, lease, compatibility }, new AbortController().signal);
}

const letGo = (of: typeof type | typeof kinds.shortcuts, { metadata }: KubeObject): void =>
  void central.edit(of, metadata, (draft) => delete draft.metadata.finalizers);
const deletes = (): string[] =>
  central.requests.filter(({ verb }) => verb === 'delete').map(({ type: { kind } }) => kind);

describe('a drain where connections are carried out', () => {
  it('deletes these first, since their shortcuts would be made again, and waits for both', async () => {
    seedLeader();
    const draining = start(true);
    await clock.advance(1_000);
    expect(deletes()).toEqual(['ForeignClusterConnection', 'VirtualNodeShortcut']);
    letGo(kinds.shortcuts, shortcut);
    await clock.advance(2_000);
    expect(central.object(type, connection.metadata)).toBeDefined();
    letGo(type, connection);
    await clock.advance(3_000);
    expect(await draining).toMatchObject({ deleted: [shortcut.metadata.name], recreated: [], obstacles: [] });
  });

  it('says that a connection is stuck where nobody leads', async () => {
    const draining = start(true);
    letGo(kinds.shortcuts, shortcut);
    await clock.advance(61_000);
    expect(failureLines(await draining).join('\n')).toContain(
      'ForeignClusterConnection default/rome-milan: no controller holds the Lease',
    );
  });
});

it('leaves connections alone that are not carried out here', async () => {
  seedLeader();
  const draining = start(false);
  await clock.advance(500);
  letGo(kinds.shortcuts, shortcut);
  await clock.advance(3_000);
  expect(await draining).toMatchObject({ obstacles: [] });
  expect(central.requests.filter((request) => request.type.group === type.group)).toEqual([]);
});
