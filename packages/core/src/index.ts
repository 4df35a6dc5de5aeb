export { type Address, formatAddress, parseAddress, safeParseAddress } from './address/address.ts';
export { type Cidr, cidrOf, parseCidr, safeParseCidr } from './address/cidr.ts';
export type { Family } from './address/family.ts';
export { contains, isSameCidr, mapAddress, overlaps } from './address/relations.ts';
export { unusableRange } from './address/unusable-range.ts';
export * from './api/index.ts';
export { checkChange } from './conflicts/check-change.ts';
export {
  createFleetIndex,
  type FleetIndex,
  type FleetIndexOptions,
} from './conflicts/fleet-index.ts';
export { pairKey } from './conflicts/pair-key.ts';
export { type PlanQuestion, plan } from './conflicts/plan.ts';
export type { Review, ReviewOptions } from './conflicts/review.ts';
export { isOlder, type Seniority } from './conflicts/seniority.ts';
export { type CoreCode, CoreError, coreCodes, isCoreError, type Parsed, type Problem } from './errors.ts';
export {
  type GatewayTemplateFact,
  type LeafFacts,
  type LiqoFacts,
  leafFacts,
  type NetworkInUse,
} from './facts/leaf-facts.ts';
export { credentialWarningMs } from './plan/credentials.ts';
export { fitLine, limitLines } from './plan/lines.ts';
export type { Plan, PlannedObject, SidePlan } from './plan/plan.ts';
export { type AllocateOptions, allocate, defaultPools } from './remap/allocate.ts';
export { nearestFreeBlock } from './remap/nearest-free-block.ts';
export { type RangeMapping, type RemoteNames, toName, toReal } from './remap/range-mapping.ts';
export {
  type Hop,
  type PublishedAddress,
  type Trace,
  type TracedCluster,
  type TracedRemote,
  type TraceInput,
  trace,
} from './remap/trace.ts';
export { addressesFor, pathOf, type Way } from './remap/trace-addresses.ts';
export { printSource, type Rewrite } from './remap/trace-packet.ts';
export { type Election, type ElectionInput, electServer, type Role, unfitReason } from './roles/elect-server.ts';
export {
  noTrials,
  type ServerFailure,
  type ServerLook,
  type ServerSymptom,
  type ServerTrials,
  trialEndsAfterMs,
  trialMs,
  tryServer,
  unfitServers,
} from './roles/server-trial.ts';
