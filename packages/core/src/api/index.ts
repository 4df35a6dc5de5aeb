export { kubernetesFormats, kubernetesKeywords } from './ajv-vocabulary.ts';
export type { Condition } from './condition.ts';
export {
  type CustomResourceDefinition,
  compatibilityDefinitions,
  customResourceDefinitions,
  type PrinterColumn,
} from './custom-resource-definitions.ts';
export { defaultLeafClusterSpec, defaultShortcutSpec } from './defaults.ts';
export {
  type ForeignClusterConnection,
  type ForeignClusterConnectionSpec,
  type ForeignClusterConnectionStatus,
  foreignClusterConnectionSchema,
} from './foreign-cluster-connection.ts';
export type { CompleteFromSchema, FromSchema } from './from-schema.ts';
export { compatibilityKinds, kinds } from './kinds.ts';
export {
  type CompleteLeafClusterSpec,
  type LeafCluster,
  type LeafClusterSpec,
  type LeafClusterStatus,
  leafClusterSchema,
} from './leaf-cluster.ts';
export type { ObjectMeta, OwnerReference } from './object-meta.ts';
export type { KindSchema, StructuralSchema, ValidationRule } from './structural-schema.ts';
export { unknownFields } from './unknown-fields.ts';
export {
  type VirtualNodeConnection,
  type VirtualNodeConnectionSpec,
  type VirtualNodeConnectionStatus,
  virtualNodeConnectionSchema,
} from './virtual-node-connection.ts';
export {
  type CompleteShortcutSpec,
  type ShortcutClusterStatus,
  type ShortcutSpec,
  type ShortcutStatus,
  type VirtualNodeShortcut,
  virtualNodeShortcutSchema,
} from './virtual-node-shortcut.ts';
