export { type CommandResult, type StartedCommand, startCommand } from './exec.ts';
export { kubectl, mustKubectl, warningsIn } from './kubectl.ts';
export { type FetchResult, fetchFromPod, type Watch, type WatchResult, watchFromPod } from './pod-probe.ts';
export type { DemoFacts, FetchFacts } from './report.ts';
export { type DemoDependencies, type DemoListener, fetchAndCount, runDemo } from './run-demo.ts';
export { takeCensus } from './take-census.ts';
