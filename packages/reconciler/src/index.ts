export type { KubeApiOptions } from './api/create-kube-api.ts';
export { createKubeApi } from './api/create-kube-api.ts';
export type { ApiErrorCode, ApiErrorDetails } from './api/errors.ts';
export { ApiError, apiErrorCodes, isApiError } from './api/errors.ts';
export type {
  ApplyOptions,
  DeleteOptions,
  JsonPatchOperation,
  KubeApi,
  KubeObject,
  ListOptions,
  ListResult,
  ObjectMeta,
  ObjectRef,
  OwnerReference,
  ResourceType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './api/kube-api.ts';
export type { CacheOptions } from './cache/cache-options.ts';
export type { Cache } from './cache/create-cache.ts';
export { createCache } from './cache/create-cache.ts';
export type { Indexes } from './cache/store.ts';
export type { Change } from './cache/view.ts';
export type { ClientCertificate, ClusterConnection } from './connection/connection.ts';
export { KubeconfigRejected } from './connection/kubeconfig-rejected.ts';
export type { LoadConnectionOptions } from './connection/load-connection.ts';
export { loadConnection } from './connection/load-connection.ts';
export type { KubeconfigPolicy } from './connection/parse-kubeconfig.ts';
export { parseKubeconfig } from './connection/parse-kubeconfig.ts';
export { createEventRecorder } from './events/create-event-recorder.ts';
export type { EventDetails } from './events/event.ts';
export type { EventRecorder, EventRecorderOptions } from './events/event-recorder.ts';
export { createLeaderElection } from './leader/create-leader-election.ts';
export type { LeaseSuspension, LeaseSuspensionOptions } from './leader/create-lease-suspension.ts';
export { createLeaseSuspension } from './leader/create-lease-suspension.ts';
export type { LeaderElection, LeaderElectionOptions, LeaderElectionTimings } from './leader/leader-election.ts';
export { leases } from './leader/lease.ts';
export type { WriteLimits } from './limits/limit-writes.ts';
export { limitRequests, limitWrites } from './limits/limit-writes.ts';
export type { RateLimit } from './limits/token-bucket.ts';
export type { Controller, ControllerOptions, ReconcileContext } from './loop/create-controller.ts';
export { createController } from './loop/create-controller.ts';
export type { Outcome } from './loop/outcome.ts';
export { after, done } from './loop/outcome.ts';
export type { RetryLimits } from './loop/queue.ts';
export type { MetricDescription } from './metrics/describe-metrics.ts';
export { describeMetrics } from './metrics/describe-metrics.ts';
export type { Counter, Gauge, Histogram, Labels, MetricDefinition, Metrics } from './metrics/metrics.ts';
export { noMetrics } from './metrics/metrics.ts';
export type { Condition } from './objects/conditions.ts';
export { findCondition, setCondition } from './objects/conditions.ts';
export { addFinalizer, removeFinalizer } from './objects/finalizers.ts';
export { guardedPatch } from './objects/guarded-patch.ts';
export { escapePointer, pointerKeys } from './objects/json-pointer.ts';
export { objectKey } from './objects/object-key.ts';
export type { BackOffLimits } from './ports/back-off.ts';
export { backOffMs } from './ports/back-off.ts';
export { type Clock, sleep } from './ports/clock.ts';
export type { Logger } from './ports/logger.ts';
export type { Random } from './ports/random.ts';
export { systemClock, systemRandom } from './ports/system.ts';
