import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Json = Readonly<Record<string, unknown>>;

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where kubeconform finds a kind in the folder that `writeSchemas` wrote. */
export const schemaLocation = (folder: string): string =>
  join(folder, '{{ .Group }}_{{ .ResourceAPIVersion }}_{{ .ResourceKind }}.json');

/**
 * Writes the JSON schemas of all kinds that an API server told in its OpenAPI document (`/openapi/v2`), so that objects can
 * be judged without it; fields that a schema does not name are refused. Each definition is a file, so that only those are
 * read that a kind needs.
 */
export async function writeSchemas(openAPI: Json, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const write = (name: string, schema: Json): Promise<void> => writeFile(join(folder, name), JSON.stringify(schema));
  for (const [name, definition] of Object.entries(openAPI.definitions as Record<string, Json>)) {
    await write(`${name}.json`, strict(definition));
    for (const { group, version, kind } of (definition['x-kubernetes-group-version-kind'] ?? []) as Kind[]) {
      // The core group has no name; kubeconform then takes the version for it.
      await write(`${group || version}_${version}_${kind.toLowerCase()}.json`, { $ref: `${name}.json` });
    }
  }
}

/** A schema of OpenAPI as one of JSON Schema: text or a number where either may stand, and no field that has no name. */
function strict(schema: Json): Json {
  const { $ref, format, properties, items, additionalProperties } = schema;
  if (typeof $ref === 'string') return { $ref: `${$ref.replace('#/definitions/', '')}.json` };
  if (format === 'int-or-string') return { type: ['string', 'integer'] };
  return {
    ...schema,
    ...(isSchema(properties) ? { properties: mapSchemas(properties), additionalProperties: false } : {}),
    ...(isSchema(items) ? { items: strict(items) } : {}),
    ...(isSchema(additionalProperties) ? { additionalProperties: strict(additionalProperties) } : {}),
  };
}

function mapSchemas(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, one]) => [name, isSchema(one) ? strict(one) : one]));
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
