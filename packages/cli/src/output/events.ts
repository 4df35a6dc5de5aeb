import type { KubeObject } from '@leafway/reconciler';

/** An Event of `events.k8s.io/v1`, as far as it is read here. */
export interface KubeEvent extends KubeObject {
  readonly regarding?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime: string };
  readonly deprecatedLastTimestamp?: string | null;
}

/** What happened to a shortcut. */
export interface ShortcutEvent {
  /** When it happened last. */
  readonly at: string | undefined;
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly count: number;
}

/** How many are shown. */
const most = 10;

/** The latest events of one object, the last one at the end. */
export function eventsOf(events: readonly KubeEvent[], uid: string | undefined): ShortcutEvent[] {
  return events
    .filter(({ regarding }) => regarding?.uid === uid)
    .map((event) => ({
      at:
        event.series?.lastObservedTime ??
        event.eventTime ??
        event.deprecatedLastTimestamp ??
        event.metadata.creationTimestamp,
      type: event.type ?? '',
      reason: event.reason ?? '',
      note: event.note ?? '',
      count: event.series?.count ?? 1,
    }))
    .sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1))
    .slice(-most);
}

/** The last time that the controller put something back that somebody else had changed. */
export function lastRepair(events: readonly ShortcutEvent[]): ShortcutEvent | undefined {
  return events.findLast(({ reason }) => reason === 'Repaired');
}
