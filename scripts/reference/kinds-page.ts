import type { CustomResourceDefinition, StructuralSchema } from '@leafway/core';
import { table } from './table.ts';

/** A kind's part of the reference page: its definition and an example of an object. */
export interface DocumentedKind {
  readonly definition: CustomResourceDefinition;
  readonly example: string;
}

interface Field {
  readonly path: string;
  readonly schema: StructuralSchema;
  readonly required: boolean;
}

/** The reference page of our kinds in Markdown: every field, every rule and every column. */
export function renderKindsPage(kinds: readonly DocumentedKind[]): string {
  const contents = kinds.map(
    ({ definition }) => `- [${definition.spec.names.kind}](#${definition.spec.names.singular})`,
  );
  return [
    '# Kinds',
    'The kinds that Leafway adds to the central cluster. What breaks a rule of this page is refused by the API server itself; ' +
      'the rules on other objects have [codes](errors.md#reasons-for-a-refusal), and the conditions [reasons](conditions.md).',
    contents.join('\n'),
    ...kinds.flatMap(renderKind),
  ].join('\n\n');
}

function renderKind({ definition, example }: DocumentedKind): string[] {
  const { names, group, scope, versions } = definition.spec;
  const [version] = versions;
  const schema = version.schema.openAPIV3Schema;
  const spec = fieldsOf(schema.properties.spec, 'spec');
  const status = fieldsOf(schema.properties.status, 'status');
  return [
    `## ${names.kind}`,
    isOptional(definition) ? `${schema.description} ${whereOptional}` : schema.description,
    `\`${group}/${version.name}\`, ${scope === 'Cluster' ? 'cluster-scoped' : 'namespaced'}, short name \`${names.shortNames.join('`, `')}\`.`,
    `${isOptional(definition) ? notTried : ''}\`\`\`yaml\n${example.trim()}\n\`\`\``,
    `### ${names.kind} spec`,
    fieldTable(spec),
    `### ${names.kind} status`,
    fieldTable(status),
    `### ${names.kind} rules`,
    'Beside the types and bounds above:',
    ruleList([{ path: 'spec', schema: schema.properties.spec, required: true }, ...spec, ...status]),
    `### ${names.kind} columns`,
    'What `kubectl get` shows; the rows marked *wide* only with `-o wide`.',
    columnTable(version.additionalPrinterColumns),
  ];
}

/** The kinds of the Foreign Cluster Connector are there only where the administrator wants them. */
const isOptional = ({ spec }: CustomResourceDefinition): boolean => spec.group !== 'leafway.dev';

const notTried =
  '<!-- not run: needs the kinds of the chart value compatibility.enabled; e2e/scenarios/compatibility.test.ts applies it -->\n';

const whereOptional =
  'The cluster has this kind only with the chart value `compatibility.enabled`, see ' +
  '[how to come from the Foreign Cluster Connector](../how-to/from-foreign-cluster-connector.md).';

/** All fields below a schema, depth first, each with its path as it stands in error messages. */
function fieldsOf(schema: StructuralSchema, path: string): Field[] {
  if (schema.type === 'array') return fieldsOf(schema.items, `${path}[]`);
  if (schema.type !== 'object' || !('properties' in schema)) return [];
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    const fieldPath = `${path}.${name}`;
    const required = schema.required?.includes(name) ?? false;
    return [{ path: fieldPath, schema: field, required }, ...fieldsOf(field, fieldPath)];
  });
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ path, schema, required }) => {
    const preset = 'default' in schema && typeof schema.default !== 'object' ? `\`${String(schema.default)}\`` : '';
    return [`\`${path}\``, typeWords(schema), required ? 'required' : preset, schema.description];
  });
  return table(['Field', 'Type', 'Default', 'Meaning'], rows);
}

function typeWords(schema: StructuralSchema): string {
  switch (schema.type) {
    case 'string':
      return 'enum' in schema
        ? schema.enum.map((choice) => `\`${choice}\``).join(', ')
        : `string, up to ${schema.maxLength}`;
    case 'integer':
      return schema.format === 'int64' ? 'integer' : `integer, ${schema.minimum} to ${schema.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.minItems === schema.maxItems ? `list of ${schema.maxItems}` : `list, up to ${schema.maxItems}`;
    case 'object':
      return 'properties' in schema ? 'object' : `map, up to ${schema.maxProperties}`;
  }
}

/** Each rule once, with all the places where it holds. */
function ruleList(fields: readonly Field[]): string {
  const places = Map.groupBy(fields.flatMap(rulesAt), (rule) => rule.message);
  const lines = places
    .entries()
    .map(([message, rules]) => `- ${rules.map((rule) => `\`${rule.path}\``).join(', ')}: ${message}`);
  return [...lines].join('\n');
}

function rulesAt({ path, schema }: Field): { path: string; message: string }[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({
    path: `${path}${rule.fieldPath ?? ''}`,
    message: rule.message,
  }));
  // The items of a list of plain values are no fields of their own.
  if (schema.type !== 'array' || schema.items.type === 'object') return own;
  return [...own, ...rulesAt({ path: `${path}[]`, schema: schema.items, required: true })];
}

function columnTable(columns: CustomResourceDefinition['spec']['versions'][0]['additionalPrinterColumns']): string {
  const rows = columns.map((column) => [
    column.name.toUpperCase(),
    column.priority === 1 ? '*wide*' : '',
    column.description,
    `\`${column.jsonPath}\``,
  ]);
  return table(['Column', '', 'Meaning', 'From'], rows);
}
