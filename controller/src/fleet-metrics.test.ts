import type { LeafCluster, ShortcutStatus, VirtualNodeShortcut } from '@leafway/core';
import { createPrometheusMetrics } from '@leafway/reconciler/prometheus';
import { expect, test } from 'vitest';
import { createFleetMetrics } from './fleet-metrics.ts';
import { aLeafCluster, aShortcut } from './testing/world.ts';

const at = (time: string): number => Date.parse(time) / 1000;

function ready(status: 'True' | 'False', since: string): NonNullable<ShortcutStatus['conditions']>[number] {
  return { type: 'Ready', status, reason: 'NotReady', message: '', lastTransitionTime: since };
}

const young = aShortcut();
const degraded: VirtualNodeShortcut = {
  ...young,
  status: { phase: 'Degraded', conditions: [ready('False', '2026-11-21T10:07:00Z')] },
};
const healthy: VirtualNodeShortcut = {
  ...young,
  status: { phase: 'Ready', conditions: [ready('True', '2026-11-21T10:08:00Z')] },
};

/** What the metrics say after each of the given versions of one object, but for zeros. */
async function told<T extends VirtualNodeShortcut | LeafCluster>(
  kind: 'shortcutChanged' | 'leafChanged',
  ...versions: (T | undefined)[]
): Promise<string[]> {
  const metrics = createPrometheusMetrics();
  const fleet = createFleetMetrics(metrics);
  const key = versions[0]?.metadata.name ?? '';
  versions.forEach((after, index) => {
    const change = { key, before: versions[index - 1], after };
    (fleet[kind] as (given: typeof change) => void)(change);
  });
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#') && !/^leafway_shortcuts.* 0$/.test(line));
}

test('a shortcut that is not Ready is told with the time since when, from its creation on', async () => {
  expect(await told('shortcutChanged', young)).toEqual([
    'leafway_shortcuts{phase="New"} 1',
    `leafway_shortcut_not_ready_since_timestamp_seconds{shortcut="rome-milan",phase="New"} ${at('2026-11-21T10:00:00Z')}`,
  ]);
  expect(await told('shortcutChanged', young, degraded)).toEqual([
    'leafway_shortcuts{phase="Degraded"} 1',
    `leafway_shortcut_not_ready_since_timestamp_seconds{shortcut="rome-milan",phase="Degraded"} ${at('2026-11-21T10:07:00Z')}`,
  ]);
});

test('a shortcut that is Ready is counted, and its name is not told', async () => {
  expect(await told('shortcutChanged', degraded, healthy)).toEqual(['leafway_shortcuts{phase="Ready"} 1']);
});

test('a paused shortcut is as it is meant to be', async () => {
  const paused: VirtualNodeShortcut = {
    ...degraded,
    spec: { ...degraded.spec, paused: true },
    status: { ...degraded.status, phase: 'Paused' },
  };
  expect(await told('shortcutChanged', degraded, paused)).toEqual(['leafway_shortcuts{phase="Paused"} 1']);
});

test('a shortcut that is being deleted counts from then on, whatever its status says, until it is gone', async () => {
  const deleting = aShortcut({ metadata: { deletionTimestamp: '2026-11-21T11:00:00Z' } });
  expect(await told('shortcutChanged', { ...deleting, status: healthy.status ?? {} })).toEqual([
    'leafway_shortcuts{phase="Deleting"} 1',
    `leafway_shortcut_not_ready_since_timestamp_seconds{shortcut="rome-milan",phase="Deleting"} ${at('2026-11-21T11:00:00Z')}`,
  ]);
  expect(await told('shortcutChanged', deleting, undefined)).toEqual([]);
});

test('of a leaf is told whether it answers, whether it can be linked, when its credential ends and what is left there', async () => {
  const entry = { apiVersion: 'v1', kind: 'Namespace', name: 'n', uid: 'u', remoteClusterID: 'milan' };
  const leaf = aLeafCluster('rome', {
    status: {
      conditions: [
        { ...ready('True', ''), type: 'Reachable' },
        { ...ready('False', ''), type: 'CredentialsCurrent' },
        ready('False', ''),
      ],
      credential: { expiresAt: '2026-12-01T00:00:00Z' },
      pendingCleanup: [{ ...entry, shortcut: { name: 'rome-milan', uid: 'x' } }],
    },
  });
  expect(await told('leafChanged', leaf)).toEqual([
    'leafway_leaf_reachable{leaf="rome"} 1',
    'leafway_leaf_ready{leaf="rome"} 0',
    'leafway_leaf_credentials_current{leaf="rome"} 0',
    `leafway_leaf_credential_expires_timestamp_seconds{leaf="rome"} ${at('2026-12-01T00:00:00Z')}`,
    'leafway_leaf_pending_cleanup_objects{leaf="rome"} 1',
  ]);
  expect(await told('leafChanged', leaf, undefined)).toEqual([]);
});

test('nothing is claimed of a leaf that nobody has looked at', async () => {
  expect(await told('leafChanged', aLeafCluster('rome'))).toEqual([
    'leafway_leaf_pending_cleanup_objects{leaf="rome"} 0',
  ]);
});

test('repairs are counted by leaf', async () => {
  const metrics = createPrometheusMetrics();
  const fleet = createFleetMetrics(metrics);
  fleet.repaired('rome', 1);
  fleet.repaired('rome', 2);
  expect(await metrics.text()).toContain('leafway_repairs_total{leaf="rome"} 3\n');
});
