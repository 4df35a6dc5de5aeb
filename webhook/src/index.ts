export * from './admission/index.ts';
export type { AdmissionResponse, AdmissionReviewAnswer, RefusalStatus, StatusCause } from './admission/review.ts';
export { type CachedWorld, createCachedWorld } from './cached-world.ts';
export { type AuthorityDependencies, type AuthorityOptions, runAuthority } from './server/authority/run-authority.ts';
export { BodyBudget, type BodyLimits } from './server/body-budget.ts';
export { createListener, type ListenerDependencies } from './server/listener.ts';
export { createLogMeasure } from './server/measures.ts';
export { createWebhook, type Webhook, type WebhookDependencies, type WebhookOptions } from './webhook.ts';
