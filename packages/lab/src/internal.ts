/** What the command line and the tests of this repository need of a lab. It changes in any release: build on nothing of it. */
export { type CensusObject, censusKey, fingerprint, isCounted } from './census/compare.ts';
export { enterFrame, enterNetwork, networkOf } from './commands/exec.ts';
export { type Access, formatKubeconfig } from './servers/kubeconfig.ts';
export type { GoModule } from './tools/go-module.ts';
export type { GoProgram } from './tools/go-program.ts';
export { prepareGoModule, prepareGoProgram } from './tools/system-prepare.ts';
export { offerSudoHere } from './tools/system-sudo.ts';
