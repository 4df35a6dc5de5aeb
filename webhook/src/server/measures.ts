import { kinds as ourKinds } from '@leafway/core';
import type { Metrics } from '@leafway/reconciler';
import type { AdmissionRequest, AdmissionResponse } from '../admission/review.ts';

/** What is counted of requests as they are answered. */
export interface Measures {
  /** An AdmissionReview was answered; `ms` since its last byte came. */
  decided(path: string, request: AdmissionRequest, response: AdmissionResponse, ms: number): void;
  /** A request that is no admission was refused with this HTTP status. */
  refused(path: string, status: number): void;
}

/** The words of requests that are told apart; all others are `other`, or a sender could make series without end. */
const operations = new Set(['CREATE', 'UPDATE', 'DELETE']);
const kinds: ReadonlySet<string> = new Set([ourKinds.shortcuts.kind, ourKinds.leafClusters.kind]);

/** From a tenth of a millisecond, which is usual, to the seconds in which the API server gives up. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 3];

/** Measures into `metrics`. */
export function createMeasures(metrics: Metrics): Measures {
  const requests = metrics.counter({
    name: 'leafway_webhook_admissions_total',
    help: 'AdmissionReviews that were answered. `code` is the first problem of a refusal.',
    labels: ['path', 'operation', 'kind', 'verdict', 'code'],
  });
  const duration = metrics.histogram({
    name: 'leafway_webhook_admission_duration_seconds',
    help: 'From the last byte of an AdmissionReview to its answer.',
    labels: ['path'],
    buckets,
  });
  const refusals = metrics.counter({
    name: 'leafway_webhook_refused_requests_total',
    help: 'Requests that were no admission, or came from nobody who may ask, by HTTP status.',
    labels: ['path', 'status'],
  });
  return {
    decided: (path, { operation, kind: { kind } }, { allowed, status }, ms) => {
      requests.inc({
        path,
        operation: operations.has(operation) ? operation : 'other',
        kind: kinds.has(kind) ? kind : 'other',
        verdict: allowed ? 'allowed' : 'refused',
        code: status?.details?.causes?.[0]?.reason ?? status?.reason ?? '',
      });
      duration.observe({ path }, ms / 1000);
    },
    refused: (path, status) => refusals.inc({ path, status: String(status) }),
  };
}

/** Counts log lines that were lost. */
export function createLogMeasure(metrics: Metrics): (lines: number) => void {
  const dropped = metrics.counter({
    name: 'leafway_webhook_dropped_log_lines_total',
    help: 'Log lines that were lost, since nobody read the ones before.',
  });
  return (lines) => dropped.inc({}, lines);
}
