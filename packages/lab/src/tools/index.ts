export type { ToolName } from './catalogue.ts';
export { type EnsureToolsOptions, ensureTools, type ToolPaths } from './ensure-tools.ts';
export { type EnsureHostOptions, ensureHost } from './host.ts';
export type { FetchAnswer, Files, Machine, RunOptions, RunResult } from './ports.ts';
export {
  createProgress,
  type Progress,
  type ProgressClock,
  type ProgressOutput,
  type ProgressStep,
} from './progress.ts';
export { createSystemMachine } from './system-machine.ts';
export { type PrepareMachineOptions, prepareMachine } from './system-prepare.ts';
export { versions } from './versions.ts';
