export { kubernetesFormats, kubernetesKeywords } from './ajv-vocabulary.ts';
export type { Condition } from './condition.ts';
export {
  type CustomResourceDefinition,
  customResourceDefinitions,
  type PrinterColumn,
} from './custom-resource-definitions.ts';
export { defaultLeafClusterSpec, defaultShortcutSpec } from './defaults.ts';
export type { CompleteFromSchema, FromSchema } from './from-schema.ts';
export { kinds } from './kinds.ts';
export {
  type CompleteLeafClusterSpec,
  type LeafCluster,
  type LeafClusterSpec,
  type LeafClusterStatus,
  leafClusterSchema,
} from './leaf-cluster.ts';
export type { ObjectMeta, OwnerReference } from './object-meta.ts';
export type { KindSchema, StructuralSchema, ValidationRule } from './structural-schema.ts';
export {
  type CompleteShortcutSpec,
  type ShortcutClusterStatus,
  type ShortcutSpec,
  type ShortcutStatus,
  type VirtualNodeShortcut,
  virtualNodeShortcutSchema,
} from './virtual-node-shortcut.ts';
