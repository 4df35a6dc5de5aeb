/** A node of an OpenAPI schema as a CustomResourceDefinition holds it, with the words that Liqo's schemas use. */
export interface CrdSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: CrdSchema;
  readonly required?: readonly string[];
  readonly items?: CrdSchema;
  readonly anyOf?: readonly CrdSchema[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly default?: string;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
  readonly 'x-kubernetes-map-type'?: 'atomic';
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
}

/** A string, further bounded by `more`. */
export function text(description: string, more: CrdSchema = {}): CrdSchema {
  return { type: 'string', description, ...more };
}

/** A string that is one of a few words. */
export function choice(description: string, words: readonly string[], preset?: string): CrdSchema {
  return text(description, { enum: words, ...(preset === undefined ? {} : { default: preset }) });
}

/** A whole number of 32 bits. */
export function int32(description: string, more: CrdSchema = {}): CrdSchema {
  return { type: 'integer', format: 'int32', description, ...more };
}

/** A yes or no. */
export function flag(description: string): CrdSchema {
  return { type: 'boolean', description };
}

/** A list. */
export function list(description: string, items: CrdSchema, more: CrdSchema = {}): CrdSchema {
  return { type: 'array', description, items, ...more };
}

/** Free keys with strings. */
export function textMap(description: string, more: CrdSchema = {}): CrdSchema {
  return { type: 'object', description, additionalProperties: { type: 'string' }, ...more };
}

/** An object with known fields. */
export function fields(
  description: string,
  properties: Readonly<Record<string, CrdSchema>>,
  required: readonly string[] = [],
): CrdSchema {
  return { type: 'object', description, properties, ...(required.length === 0 ? {} : { required }) };
}

/** The same, where a field once set can never change. */
export function immutable(schema: CrdSchema): CrdSchema {
  return {
    ...schema,
    'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'cannot be changed once it is set' }],
  };
}

/** An IP range. The API server checks the format. */
export function cidr(description: string): CrdSchema {
  return text(description, { format: 'cidr' });
}

/** An IPv4 address. The API server checks the format. */
export function ipv4(description: string): CrdSchema {
  return text(description, { format: 'ipv4' });
}

/** A reference to any object, like Kubernetes' ObjectReference. */
export function objectReference(description: string): CrdSchema {
  const properties = {
    apiVersion: text('API group and version.'),
    kind: text('Kind.'),
    namespace: text('Namespace.'),
    name: text('Name.'),
    uid: text('UID.'),
    resourceVersion: text('Version of the object that is meant.'),
    fieldPath: text('Part of the object that is meant.'),
  };
  return { ...fields(description, properties), 'x-kubernetes-map-type': 'atomic' };
}

/** A reference to an object in the same namespace. */
export function localReference(description: string): CrdSchema {
  return { ...fields(description, { name: text('Name.', { default: '' }) }), 'x-kubernetes-map-type': 'atomic' };
}
