import { type KindSchema, kubernetesFormats, kubernetesKeywords, type Problem } from '@leafway/core';
import { pointerKeys } from '@leafway/reconciler';
import { Ajv, type ErrorObject } from 'ajv';

/** The problems that a kind's schema has with an object; none when its shape is right. */
export type SchemaCheck = (object: unknown) => Problem[];

/**
 * A check by a kind's schema, compiled once. The API server has checked the same and CEL besides, but only for
 * requests that went through it. The status is left out: what is written to the object itself does not change it.
 */
export function createSchemaCheck(schema: KindSchema): SchemaCheck {
  const { status: _, metadata, ...properties } = schema.properties;
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    keywords: [...kubernetesKeywords],
    formats: { ...kubernetesFormats },
  });
  const name = metadata.properties?.name ?? { type: 'string', minLength: 1, maxLength: 253 };
  const validate = ajv.compile({
    ...schema,
    required: ['metadata', 'spec'],
    properties: { ...properties, metadata: { type: 'object', required: ['name'], properties: { name } } },
  });
  return (object) => (validate(object) ? [] : (validate.errors ?? []).map(toProblem));
}

function toProblem({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject): Problem {
  const code = 'WEBHOOK_SCHEMA';
  const path = fieldPath(instancePath);
  switch (keyword) {
    case 'required':
      return {
        path: path === '' ? params.missingProperty : `${path}.${params.missingProperty}`,
        code,
        message: 'is required',
      };
    case 'enum':
      return { path, code, message: `must be one of ${params.allowedValues.join(', ')}` };
    default:
      return { path: path === '' ? '(object)' : path, code, message };
  }
}

/** `/spec/clusters/0/id` as `spec.clusters[0].id`. */
function fieldPath(pointer: string): string {
  return pointerKeys(pointer)
    .map((field) => (/^\d+$/.test(field) ? `[${field}]` : `.${field}`))
    .join('')
    .replace(/^\./, '');
}
