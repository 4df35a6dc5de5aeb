export * from './admission/index.ts';
export type { AdmissionResponse, AdmissionReviewAnswer } from './admission/review.ts';
export { type AppDependencies, createApp } from './server/app.ts';
