import type { KubeApi, KubeObject } from '../api/kube-api.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { EventDetails, Reporter } from './event.ts';

/** Tells people what happened to their objects, by Kubernetes events; at best effort, and never in anybody's way. */
export interface EventRecorder {
  /**
   * Notes an event, to be written soon. Never throws, never waits. The same event again within six minutes becomes a
   * series with a count; an object that has too many different ones loses some, and so does everybody while the
   * server cannot be reached and the memory for them is full.
   */
  record(regarding: KubeObject, event: EventDetails): void;
  /** Writes what is noted until the signal aborts, then for a few seconds what is left. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>;
}

/** Who reports, and the ports. */
export interface EventRecorderOptions extends Reporter {
  readonly api: KubeApi;
  /** Who reports, as a qualified name: `example.com/controller`. */
  readonly reportingController: string;
  /** Which of its processes. */
  readonly reportingInstance: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
}
