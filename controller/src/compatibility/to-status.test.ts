import type { ShortcutStatus } from '@leafway/core';
import { findCondition } from '@leafway/reconciler';
import { describe, expect, test } from 'vitest';
import { aForeignClusterConnection, aVirtualNodeConnection, itsShortcut, saying } from '../testing/connections.ts';
import type { Acceptance } from './conditions.ts';
import type { Connection } from './connection.ts';
import { type ConnectionStatus, connectionStatus } from './to-status.ts';

const now = new Date('2026-11-21T12:00:00.250Z');
const accepted: Acceptance = { reason: 'Accepted', message: 'carried out' };
const ready = saying('Ready', 'Accepted=True Accepted', 'Connected=True Connected', 'Ready=True Ready');

function statusOf(
  status: ShortcutStatus | undefined,
  over: { connection?: Connection; acceptance?: Acceptance; generation?: number } = {},
): ConnectionStatus {
  const { connection = aForeignClusterConnection(), acceptance = accepted, generation = 1 } = over;
  const shortcut = itsShortcut(connection, { metadata: { generation }, ...(status === undefined ? {} : { status }) });
  return connectionStatus({ connection, acceptance, shortcut }, now);
}

const wordsOf = ({ conditions }: ConnectionStatus): string[] =>
  (conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('the status of a connection', () => {
  test('is Connected and Ready when its shortcut is', () => {
    const status = statusOf(ready);
    expect(status).toMatchObject({
      isConnected: true,
      phase: 'Connected',
      lastUpdated: '2026-11-21T12:00:00Z',
      observedGeneration: 1,
    });
    expect(status).not.toHaveProperty('errorMessage');
    expect(wordsOf(status)).toEqual(['Accepted=True Accepted', 'Ready=True Ready']);
    expect(findCondition(status.conditions, 'Ready')).toMatchObject({
      message: 'Ready says Ready',
      observedGeneration: 1,
    });
  });

  test.each([
    ['Waiting', 'Pending'],
    ['Paused', 'Pending'],
    ['Deleting', 'Pending'],
    ['Connecting', 'Connecting'],
    ['Refused', 'Failed'],
    ['Degraded', 'Failed'],
  ])('of a shortcut that is %s and not connected is %s', (phase, words) => {
    const status = statusOf(saying(phase, 'Connected=False WaitingForConnection', 'Ready=False NotReady'));
    expect(status).toMatchObject({ isConnected: false, phase: words });
    expect(status.errorMessage).toBe(words === 'Failed' ? 'Ready says NotReady' : undefined);
    expect(wordsOf(status)).toContain('Ready=False NotReady');
  });

  test('is Pending while its shortcut says nothing', () => {
    const status = statusOf(undefined);
    expect(status).toMatchObject({ isConnected: false, phase: 'Pending' });
    expect(status).not.toHaveProperty('observedGeneration');
    expect(wordsOf(status)).toEqual(['Accepted=True Accepted', 'Ready=Unknown Waiting']);
  });

  test('tells what was said of an earlier spec neither as Ready nor as observed, but packets still pass', () => {
    const before = statusOf(ready);
    const connection = aForeignClusterConnection({ metadata: { generation: 2 }, status: before });
    const status = statusOf(ready, { connection, generation: 2 });
    expect(status).toMatchObject({ isConnected: true, phase: 'Connected', observedGeneration: 1 });
    expect(findCondition(status.conditions, 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'Waiting',
      observedGeneration: 2,
    });
  });

  test.each([
    ['NameTaken', 'Failed'],
    ['Refused', 'Failed'],
    ['Replacing', 'Pending'],
  ] as const)('of one that is %s is %s, with the reason', (reason, phase) => {
    const acceptance = { reason, message: 'why not' };
    const connection = aForeignClusterConnection();
    const status = connectionStatus({ connection, acceptance, shortcut: undefined }, now);
    expect(status).toMatchObject({ isConnected: false, phase });
    expect(status.errorMessage).toBe(phase === 'Failed' ? 'why not' : undefined);
    expect(wordsOf(status)).toEqual([`Accepted=False ${reason}`, 'Ready=False NotAccepted']);
  });

  test('of one that is changed to what is refused tells that, and that packets pass as before', () => {
    const acceptance = { reason: 'Refused', message: 'why not' } as const;
    expect(statusOf(ready, { acceptance })).toMatchObject({
      ...{ isConnected: true, phase: 'Failed', errorMessage: 'why not' },
    });
  });

  test('of one that is being deleted is not Ready any more', () => {
    const connection = aForeignClusterConnection({ metadata: { deletionTimestamp: '2026-11-21T11:00:00Z' } });
    expect(wordsOf(statusOf(ready, { connection }))).toContain('Ready=False Deleting');
  });

  test("tells under A what A sees of B's pods, as the Foreign Cluster Connector does, whatever their order is", () => {
    const clusters = [
      { id: 'milan', podCIDRs: ['10.244.0.0/16', '10.9.0.0/16'], remappedPodCIDRs: ['10.71.0.0/16', '10.9.0.0/16'] },
      { id: 'rome', podCIDRs: ['10.245.0.0/16'] },
    ];
    expect(statusOf({ ...ready, clusters })).toMatchObject({
      foreignClusterANetworking: { podCIDR: '10.244.0.0/16', remappedPodCIDR: '10.71.0.0/16' },
      foreignClusterBNetworking: { podCIDR: '10.245.0.0/16' },
    });
  });

  test('of the first form of the kind has no networks', () => {
    const status = statusOf(ready, { connection: aVirtualNodeConnection() });
    expect(status).toMatchObject({ isConnected: true, phase: 'Connected' });
    expect(status).not.toHaveProperty('foreignClusterANetworking');
  });

  test('stays what it is, its time included, while nothing changes', () => {
    const before = { ...statusOf(ready), lastUpdated: '2026-11-21T11:00:00Z' };
    const connection = aForeignClusterConnection({ status: before });
    expect(statusOf(ready, { connection })).toEqual(before);
    const changed = statusOf(saying('Connecting', 'Ready=False NotReady'), { connection });
    expect(changed).toMatchObject({ phase: 'Connecting', lastUpdated: '2026-11-21T12:00:00Z' });
  });
});
