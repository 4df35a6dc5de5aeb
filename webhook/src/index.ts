export type { Decision, Judge } from './admission/decision.ts';
export { createLeafClusterValidation } from './admission/leaf-cluster/validate.ts';
export type { AdmissionRequest, AdmissionResponse, AdmissionReviewAnswer } from './admission/review.ts';
export { mutateShortcut } from './admission/virtual-node-shortcut/mutate.ts';
export { createShortcutValidation } from './admission/virtual-node-shortcut/validate.ts';
export type { SecretKey, World } from './admission/world.ts';
export { type AppDependencies, createApp } from './server/app.ts';
