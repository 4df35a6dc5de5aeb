import type { KubeObject, ResourceType } from '../api/kube-api.ts';
import { microTime } from '../objects/micro-time.ts';
import { printable } from '../objects/printable.ts';

/** What happened to an object, for people who look at it with `kubectl describe` or `kubectl events`. */
export interface EventDetails {
  readonly type: 'Normal' | 'Warning';
  /** Why, in one CamelCase word, as in a condition. */
  readonly reason: string;
  /** What was done or tried, in one CamelCase word. */
  readonly action: string;
  /** One sentence. No secrets: many may read events. */
  readonly note: string;
}

/** The part of `events.k8s.io/v1` that we write. */
export interface Event extends KubeObject {
  eventTime: string;
  reportingController: string;
  reportingInstance: string;
  action: string;
  reason: string;
  type: string;
  note: string;
  regarding: { apiVersion: string; kind: string; name: string; namespace?: string; uid?: string };
  series?: EventSeries;
}

export interface EventSeries {
  /** How often it happened, the first time included. */
  count: number;
  lastObservedTime: string;
}

export const events: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

/** Who reports. */
export interface Reporter {
  readonly reportingController: string;
  readonly reportingInstance: string;
}

/** The limits of an API server (`pkg/apis/core/validation/events.go`), in bytes. */
const limits = { note: 1024, word: 128, name: 253 };

/** An event as an API server accepts it: what is too long is cut. `suffix` makes its name unique. */
export function buildEvent(
  regarding: KubeObject,
  details: EventDetails,
  reporter: Reporter,
  now: Date,
  suffix: string,
): Event {
  const { name, namespace, uid } = regarding.metadata;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    // Events about objects without a namespace belong into this one.
    metadata: { name: eventName(name, suffix), namespace: namespace ?? 'default' },
    eventTime: microTime(now),
    reportingController: reporter.reportingController,
    reportingInstance: cut(reporter.reportingInstance, limits.word),
    type: details.type,
    reason: cut(details.reason, limits.word),
    action: cut(details.action, limits.word),
    note: cut(details.note, limits.note),
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
    },
  };
}

/** Events that are equal in this are one series. */
export function seriesKey({ regarding, type, reason, action, note, metadata }: Event): string {
  const { kind, name, uid } = regarding;
  return JSON.stringify([uid ?? [kind, metadata.namespace, name], type, reason, action, note]);
}

/** A name of an object may hold more than a name of an event, and may be as long. */
function eventName(regarding: string, suffix: string): string {
  const base = regarding.toLowerCase().replace(/[^a-z0-9.-]/g, '-');
  return `${base.slice(0, limits.name - 1 - suffix.length).replace(/[^a-z0-9]+$/, '')}.${suffix}`;
}

/** No longer than so many bytes, no half characters, and nothing that a terminal would obey. */
function cut(text: string, bytes: number): string {
  const whole = Buffer.from(printable(text));
  if (whole.length <= bytes) return whole.toString();
  const ellipsis = '…';
  let end = bytes - Buffer.byteLength(ellipsis);
  // Bytes 10xxxxxx go on with the character before.
  while (((whole[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${whole.subarray(0, end).toString()}${ellipsis}`;
}
