export * from './admission/index.ts';
export type { AdmissionResponse, AdmissionReviewAnswer, RefusalStatus, StatusCause } from './admission/review.ts';
export { type CachedWorld, createCachedWorld } from './cached-world.ts';
export { createWebhook, type Webhook, type WebhookDependencies, type WebhookOptions } from './webhook.ts';
