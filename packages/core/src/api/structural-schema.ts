/**
 * The subset of Kubernetes' structural schemas that our kinds are written in. What the API server only
 * recommends is required here: every field has a description, and every list, map and string an upper bound,
 * because the cost of a CEL rule is estimated from these bounds.
 */

/** A CEL rule, as in `x-kubernetes-validations`. `message` says what is wrong and what to do. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
  /** CEL that yields the message; the server falls back to `message`. */
  readonly messageExpression?: string;
  /** The field that the error is shown at, relative to the schema that carries the rule. */
  readonly fieldPath?: string;
}

interface DescribedSchema {
  readonly description: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A string, bounded by its length or by the values it may have. */
export type StringSchema = DescribedSchema & {
  readonly type: 'string';
  readonly minLength?: number;
  readonly pattern?: string;
  readonly format?: 'date-time';
  readonly default?: string;
} & ({ readonly maxLength: number } | { readonly enum: readonly string[] });

/** A whole number within bounds. */
export interface IntegerSchema extends DescribedSchema {
  readonly type: 'integer';
  readonly format?: 'int64';
  readonly minimum: number;
  readonly maximum: number;
  readonly default?: number;
}

/** A truth value. */
export interface BooleanSchema extends DescribedSchema {
  readonly type: 'boolean';
  readonly default?: boolean;
}

/** A list. `x-kubernetes-list-type` decides how server-side apply merges it. */
export type ArraySchema = DescribedSchema & {
  readonly type: 'array';
  readonly items: StructuralSchema;
  readonly minItems?: number;
  readonly maxItems: number;
} & (
    | { readonly 'x-kubernetes-list-type': 'atomic' | 'set' }
    | { readonly 'x-kubernetes-list-type': 'map'; readonly 'x-kubernetes-list-map-keys': readonly string[] }
  );

/** An object with known fields. A `default` of `{}` makes the server fill in the defaults of its fields. */
export interface ObjectSchema extends DescribedSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly default?: Readonly<Record<string, never>>;
  readonly 'x-kubernetes-map-type'?: 'atomic';
}

/** Free keys, values of one schema. */
export interface MapSchema extends DescribedSchema {
  readonly type: 'object';
  readonly additionalProperties: StructuralSchema;
  readonly maxProperties: number;
}

/** A schema literal: `as const satisfies StructuralSchema`. */
export type StructuralSchema = StringSchema | IntegerSchema | BooleanSchema | ArraySchema | ObjectSchema | MapSchema;

/** The schema of a whole kind. The API server knows `metadata` itself and lets a schema restrict only the name. */
export interface KindSchema extends DescribedSchema {
  readonly type: 'object';
  readonly required: readonly ['spec'];
  readonly properties: {
    readonly apiVersion: StringSchema;
    readonly kind: StringSchema;
    readonly metadata: { readonly type: 'object'; readonly properties?: { readonly name: StringSchema } };
    readonly spec: ObjectSchema;
    readonly status: ObjectSchema;
  };
}
