export * from './admission/index.ts';
export type { AdmissionResponse, AdmissionReviewAnswer } from './admission/review.ts';
export { type CachedWorld, createCachedWorld } from './cached-world.ts';
export { BodyBudget, type BodyLimits } from './server/body-budget.ts';
export { createListener, type ListenerDependencies } from './server/listener.ts';
