import { type LiqoCustomResourceDefinition, type LiqoObject, liqoCustomResourceDefinitions } from '@leafway/liqo';

type Schema = LiqoCustomResourceDefinition['spec']['versions'][0]['schema']['openAPIV3Schema'];

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };
const objects: Schema = { type: 'array', items: { type: 'object' } };
const metadata: Schema = {
  type: 'object',
  properties: {
    ...{ namespace: text, uid: text, resourceVersion: text, generation: { type: 'integer' } },
    ...{ creationTimestamp: text, deletionTimestamp: text, labels: texts, annotations: texts },
    ...{ finalizers: { type: 'array', items: text }, ownerReferences: objects, managedFields: objects },
  },
};

const schemas = new Map<string, Schema>(
  liqoCustomResourceDefinitions.map(({ spec: { names, versions } }) => [
    names.kind,
    { type: 'object', properties: { ...versions[0].schema.openAPIV3Schema.properties, metadata } },
  ]),
);
/** Kinds of Kubernetes itself, as far as they are read. */
const others: Schema = { type: 'object', properties: { metadata, data: texts, subjects: objects } };

/**
 * The object without the fields that are not of the type that the definition of its kind promises; the object itself where
 * there are none.
 * An API server that is somebody's own may send anything, and readers rely on types. A list with one stranger goes as a whole,
 * since the places in it have a meaning.
 */
export function ofPromisedTypes<T extends LiqoObject>(object: T): T {
  return (fitting(object, schemas.get(object.kind) ?? others) ?? object) as T;
}

/** `undefined` for a value of another type. */
function fitting(value: unknown, schema: Schema): unknown {
  switch (schema.type) {
    case 'array':
      return Array.isArray(value) ? fittingList(value, schema) : undefined;
    case 'object':
      return isFields(value) ? fittingFields(value, schema) : undefined;
    case 'integer':
      return Number.isInteger(value) ? value : undefined;
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    default:
      return value;
  }
}

function fittingList(list: readonly unknown[], { items = {} }: Schema): readonly unknown[] | undefined {
  const found = list.map((value) => fitting(value, items));
  if (found.includes(undefined)) return undefined;
  return found.every((value, index) => value === list[index]) ? list : found;
}

function fittingFields(fields: Fields, { properties = {}, additionalProperties }: Schema): Fields {
  let fit = fields;
  for (const [name, value] of Object.entries(fields)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const found = schema === undefined ? value : fitting(value, schema);
    if (found === value) continue;
    const { [name]: _, ...rest } = fit;
    fit = found === undefined ? rest : { ...rest, [name]: found };
  }
  return fit;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
