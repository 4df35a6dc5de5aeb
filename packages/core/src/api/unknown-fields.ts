import { type Problem, problem } from '../errors.ts';
import { isRecord } from './is-record.ts';
import { type Fields, metadataFields } from './metadata-fields.ts';
import type { KindSchema } from './structural-schema.ts';

/**
 * One problem for each field that a kind does not have, at any depth, as the API server finds them where `kubectl apply`
 * asks it to be strict. It would drop them else, and with them what was meant. For JSON schema they are no error, and the
 * webhook does not look for them: it never sees what was dropped, and may be older than the schema.
 */
export function unknownFields({ properties }: KindSchema, object: unknown): Problem[] {
  return unknownIn({ properties: { ...properties, metadata: metadataFields } }, object, '');
}

/** What has another shape than its schema says is left to those who check that. */
function unknownIn({ properties, items, additionalProperties }: Fields, value: unknown, path: string): Problem[] {
  if (Array.isArray(value))
    return items === undefined ? [] : value.flatMap((item, index) => unknownIn(items, item, `${path}[${index}]`));
  if (!isRecord(value) || (properties === undefined && additionalProperties === undefined)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (properties === undefined || additionalProperties !== undefined)
      return unknownIn(additionalProperties ?? {}, field, at);
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return known === undefined ? [unknownField(at, Object.keys(properties))] : unknownIn(known, field, at);
  });
}

function unknownField(path: string, siblings: readonly string[]): Problem {
  return problem(path, 'CORE_FIELD_UNKNOWN', `unknown field: known here are ${siblings.join(', ')}`);
}
