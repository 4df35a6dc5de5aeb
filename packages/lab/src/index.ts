export { type Census, type CensusDifference, compareCensuses } from './census/compare.ts';
export { labDown } from './commands/down.ts';
export { labExec } from './commands/exec.ts';
export { startPart, stopPart } from './commands/parts.ts';
export { formatStatus, type LabStatus, labStatus } from './commands/status.ts';
export { type LabUpOptions, labUp } from './commands/up.ts';
export { isLabError, LabError, type LabErrorCode, labErrorCodes } from './errors.ts';
export type { Frame } from './frame/frame.ts';
export {
  addressThroughCentre,
  connectAsAdmin,
  directAddress,
  type Route,
  readCounters,
  runInFrame,
  runInLab,
} from './inspect.ts';
export { type Lab, type RunningLab, readLab } from './lab.ts';
export type { LabCounters, TrafficCount, TunnelCount } from './network/counters.ts';
export { type LabRequest, parseLabArguments, type RequestedCluster } from './plan/arguments.ts';
export type { ClusterPlan, LabPlan, LabPrograms, LabTools, ProgramCommand } from './plan/lab-plan.ts';
export type { LabLayout } from './plan/layout.ts';
export type { ClusterNetworks, PodName } from './plan/networks.ts';
export { labPrograms, type NodeRuntime, repositoryCharts } from './programs.ts';
export { type CertificateAuthority, type CertifiedKey, createCertificateAuthority } from './servers/certificates.ts';
export type { PartKind, PartReport, PartState } from './supervisor/part.ts';
export type { ToolPaths } from './tools/ensure-tools.ts';
export { type PrepareMachineOptions, prepareMachine } from './tools/system-prepare.ts';
