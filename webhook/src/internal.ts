/** Parts of the server that this repository measures and documents. They change in any release: build on nothing of it. */
export { type AuthorityDependencies, type AuthorityOptions, runAuthority } from './server/authority/run-authority.ts';
export { BodyBudget, type BodyLimits } from './server/body-budget.ts';
export { createListener, type ListenerDependencies } from './server/listener.ts';
export { createLogMeasure } from './server/measures.ts';
