/** What is judged, without the server around it: other programs say the same as the webhook by asking the same rules. */
export type { Decision, Judge } from './decision.ts';
export { createLeafClusterValidation } from './leaf-cluster/validate.ts';
export type { AdmissionRequest, GroupVersionKind } from './review.ts';
export { SecretUsers } from './secret-users.ts';
export { mutateShortcut } from './virtual-node-shortcut/mutate.ts';
export { createShortcutValidation } from './virtual-node-shortcut/validate.ts';
export type { SecretKey, World } from './world.ts';
