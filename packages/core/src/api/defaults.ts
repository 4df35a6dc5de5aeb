import { isRecord } from './is-record.ts';
import { type CompleteLeafClusterSpec, type LeafClusterSpec, leafClusterSpecSchema } from './leaf-cluster.ts';
import type { StructuralSchema } from './structural-schema.ts';
import type { CompleteShortcutSpec, ShortcutSpec } from './virtual-node-shortcut.ts';
import { shortcutSpecSchema } from './virtual-node-shortcut-spec.ts';

/**
 * Fills in the defaults of a schema exactly as the API server does: only absent (or null) fields of objects that
 * are there themselves. The value is not changed; what is already complete comes back equal.
 */
function withDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (schema.type === 'array')
    return Array.isArray(value) ? value.map((item) => withDefaults(schema.items, item)) : value;
  if (schema.type !== 'object' || !isRecord(value)) return value;
  if ('additionalProperties' in schema) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, withDefaults(schema.additionalProperties, item)]),
    );
  }
  const complete: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(schema.properties)) {
    const given = complete[name] ?? ('default' in field ? field.default : undefined);
    if (given !== undefined) complete[name] = withDefaults(field, given);
  }
  return complete;
}

/** The spec of a shortcut with every default of the schema filled in; the given one is not changed. */
export function defaultShortcutSpec(spec: ShortcutSpec): CompleteShortcutSpec {
  return withDefaults(shortcutSpecSchema, spec) as CompleteShortcutSpec;
}

/** The spec of a leaf cluster with every default of the schema filled in; the given one is not changed. */
export function defaultLeafClusterSpec(spec: LeafClusterSpec): CompleteLeafClusterSpec {
  return withDefaults(leafClusterSpecSchema, spec) as CompleteLeafClusterSpec;
}
