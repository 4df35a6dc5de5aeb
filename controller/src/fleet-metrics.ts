import type { LeafCluster, VirtualNodeShortcut } from '@leafway/core';
import { type Change, findCondition, type Gauge, type Metrics } from '@leafway/reconciler';
import { type Phase, phases } from './shortcut/conditions.ts';

/**
 * What is told of shortcuts and leaves, from their objects on the centre: every controller tells the same, whether it
 * leads or not, and what is gone is told no more.
 */
export interface FleetMetrics {
  shortcutChanged(change: Change<VirtualNodeShortcut>): void;
  leafChanged(change: Change<LeafCluster>): void;
  /** This controller brought objects of a link back, on that leaf. */
  repaired(leaf: string, objects: number): void;
}

/** A shortcut that no controller has looked at has no phase yet. */
const unseen = 'New';

/** Measures into `metrics`; it knows of no object before it is told of its first change. */
export function createFleetMetrics(metrics: Metrics): FleetMetrics {
  const count = metrics.gauge({
    name: 'leafway_shortcuts',
    help: 'VirtualNodeShortcuts by phase; "New" before a controller has looked at one.',
    labels: ['phase'],
  });
  const notReady = metrics.gauge({
    name: 'leafway_shortcut_not_ready_since_timestamp_seconds',
    help: 'Since when a VirtualNodeShortcut is not Ready. There is none for those that are Ready or paused.',
    labels: ['shortcut', 'phase'],
  });
  const repairs = metrics.counter({
    name: 'leafway_repairs_total',
    help: 'Objects of a link that somebody else had changed or removed, and that were brought back, by leaf.',
    labels: ['leaf'],
  });
  const leaves = leafGauges(metrics);
  const counts = new Map<string, number>([unseen, ...phases].map((phase) => [phase, 0]));
  const tellCounts = (): void => {
    for (const [phase, shortcuts] of counts) count.set({ phase }, shortcuts);
  };
  const add = (shortcut: VirtualNodeShortcut | undefined, by: 1 | -1): void => {
    if (shortcut === undefined) return;
    const phase = phaseOf(shortcut);
    counts.set(phase, (counts.get(phase) ?? 0) + by);
  };
  tellCounts();

  return {
    shortcutChanged: ({ key, before, after }) => {
      add(before, -1);
      add(after, 1);
      tellCounts();
      const since = after === undefined ? undefined : notReadySince(after);
      const phase = after === undefined ? undefined : phaseOf(after);
      const phaseBefore = before === undefined ? undefined : phaseOf(before);
      if (phaseBefore !== undefined && (since === undefined || phase !== phaseBefore)) {
        notReady.remove({ shortcut: key, phase: phaseBefore });
      }
      if (since !== undefined && phase !== undefined) notReady.set({ shortcut: key, phase }, since);
    },
    leafChanged: ({ key, after }) => {
      for (const { gauge, read } of leaves) {
        const value = after === undefined ? undefined : read(after);
        if (value === undefined) gauge.remove({ leaf: key });
        else gauge.set({ leaf: key }, value);
      }
    },
    repaired: (leaf, objects) => repairs.inc({ leaf }, objects),
  };
}

interface LeafGauge {
  readonly gauge: Gauge;
  /** `undefined` while it is not known. */
  readonly read: (leaf: LeafCluster) => number | undefined;
}

function leafGauges(metrics: Metrics): readonly LeafGauge[] {
  const gauge = (name: string, help: string, read: LeafGauge['read']): LeafGauge => ({
    gauge: metrics.gauge({ name: `leafway_leaf_${name}`, help, labels: ['leaf'] }),
    read,
  });
  return [
    gauge('reachable', '1 while the API server of a leaf answers and is the right one, else 0.', truthOf('Reachable')),
    gauge('ready', '1 while a leaf can be linked, else 0.', truthOf('Ready')),
    gauge(
      'credentials_current',
      '1 while a leaf is logged in to with what its Secret holds, 0 while that is refused or cannot be read.',
      truthOf('CredentialsCurrent'),
    ),
    gauge(
      'credential_expires_timestamp_seconds',
      'When the credential for a leaf expires; none where it does not, or does not say so.',
      ({ status }) => secondsOf(status?.credential?.expiresAt),
    ),
    gauge(
      'pending_cleanup_objects',
      'Objects of deleted shortcuts that are still to be removed from a leaf.',
      ({ status }) => status?.pendingCleanup?.length ?? 0,
    ),
  ];
}

function truthOf(type: string): LeafGauge['read'] {
  return ({ status }) => {
    const condition = findCondition(status?.conditions ?? [], type);
    return condition === undefined ? undefined : Number(condition.status === 'True');
  };
}

function phaseOf({ metadata, status }: VirtualNodeShortcut): string {
  // The status follows a moment later, or never, where no controller runs.
  if (metadata.deletionTimestamp !== undefined) return 'Deleting' satisfies Phase;
  return status?.phase ?? unseen;
}

/** `undefined` for a shortcut that is as it is meant to be. */
function notReadySince(shortcut: VirtualNodeShortcut): number | undefined {
  const { creationTimestamp, deletionTimestamp } = shortcut.metadata;
  if (deletionTimestamp !== undefined) return secondsOf(deletionTimestamp);
  if (shortcut.spec.paused === true) return undefined;
  const ready = findCondition(shortcut.status?.conditions ?? [], 'Ready');
  return ready?.status === 'True' ? undefined : secondsOf(ready?.lastTransitionTime ?? creationTimestamp);
}

function secondsOf(time: string | undefined): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isFinite(ms) ? ms / 1000 : undefined;
}
