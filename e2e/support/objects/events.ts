import type { RunningLab } from '@leafway/lab';
import { mustKubectl } from 'leafway/demo';

/** What the central cluster has as an event. */
export interface CentralEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
  readonly eventTime: string;
  readonly series?: { readonly lastObservedTime: string };
  readonly regarding: { readonly kind: string; readonly name: string };
}

/** What the centre tells about an object, such as `VirtualNodeShortcut`, `rome-milan`. */
export async function centralEventsOf(lab: RunningLab, kind: string, name: string): Promise<CentralEvent[]> {
  const all = ['get', 'events.events.k8s.io', '--all-namespaces', '--output=json'];
  const { items } = JSON.parse((await mustKubectl(lab, lab.centre, all)).stdout) as { items: CentralEvent[] };
  return items.filter(({ regarding }) => regarding.kind === kind && regarding.name === name);
}

/** When it happened last, in ms since the epoch. */
export const lastSeenMs = ({ eventTime, series }: CentralEvent): number =>
  Date.parse(series?.lastObservedTime ?? eventTime);
