import { stringify } from 'yaml';
import { table } from './table.ts';

/** As much of a chart's `values.schema.json` as tells people what can be set. */
export interface ValueSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly definitions?: Readonly<Record<string, ValueSchema>>;
}

/** One thing that can be set: its path as `--set` takes it, what it means, and what it is when nobody sets it. */
export interface ChartValue {
  readonly path: readonly string[];
  readonly description: string;
  readonly default: unknown;
  /** True for a group, whose values follow. */
  readonly isGroup: boolean;
}

/** The longest line of `values.yaml`. */
const lineWidth = 120;

/**
 * Everything that can be set, each group before its values. Throws where something has no description or no default: a
 * schema without them would make documentation with holes.
 */
export function chartValues(schema: ValueSchema): ChartValue[] {
  return valuesBelow(schema, [], undefined, schema.definitions ?? {});
}

function valuesBelow(
  group: ValueSchema,
  path: readonly string[],
  inherited: unknown,
  definitions: Readonly<Record<string, ValueSchema>>,
): ChartValue[] {
  return Object.entries(group.properties ?? {}).flatMap(([name, property]): ChartValue[] => {
    // What a parent chart shares with all of its charts: Helm puts it there.
    if (path.length === 0 && name === 'global') return [];
    const own = [...path, name];
    const schema = resolve(property, definitions);
    const preset = memberOf(inherited, name) ?? schema.default;
    const isGroup = Object.values(schema.properties ?? {}).every(({ $ref }) => $ref !== '#/definitions/quantities');
    if (schema.description === undefined) throw new Error(`the value ${own.join('.')} has no description`);
    if (schema.properties !== undefined && isGroup) {
      const value = { path: own, description: schema.description, default: preset, isGroup };
      return [value, ...valuesBelow(schema, own, preset, definitions)];
    }
    if (preset === undefined) throw new Error(`the value ${own.join('.')} has no default`);
    return [{ path: own, description: schema.description, default: preset, isGroup: false }];
  });
}

/** What stands beside a `$ref` goes before what it refers to, as for `description` and `default` in every viewer. */
function resolve(schema: ValueSchema, definitions: Readonly<Record<string, ValueSchema>>): ValueSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/definitions/', '');
  const target = definitions[name];
  if (target === undefined) throw new Error(`${schema.$ref} is not among the definitions`);
  return { ...resolve(target, definitions), ...schema };
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[name] : undefined;
}

/** A chart's `values.yaml`: every value with its default, below a comment that says what it means. */
export function renderValuesFile(schema: ValueSchema, notice: string): string {
  const blocks = chartValues(schema).map(({ path, description, default: preset, isGroup }) => {
    const indent = '  '.repeat(path.length - 1);
    const name = path.at(-1) ?? '';
    const yaml = isGroup ? `${name}:` : stringify({ [name]: preset }, { lineWidth: 0 }).trimEnd();
    const lines = [...wrap(description, lineWidth - indent.length - 2).map((line) => `# ${line}`), ...yaml.split('\n')];
    const text = lines.map((line) => `${indent}${line}`).join('\n');
    return path.length === 1 ? `\n${text}` : text;
  });
  return `# ${notice}\n${blocks.join('\n')}\n`;
}

/** The table of a chart's values in Markdown, one row for each that is not a group. */
export function renderValuesTable(schema: ValueSchema): string {
  const rows = chartValues(schema)
    .filter(({ isGroup }) => !isGroup)
    .map(({ path, description, default: preset }) => [
      `\`${path.join('.')}\``,
      `\`${JSON.stringify(preset)}\``,
      description,
    ]);
  return table(['Value', 'Default', 'Meaning'], rows);
}

/** The reference page of the values of several charts, by the charts' names. */
export function renderValuesPage(charts: Readonly<Record<string, ValueSchema>>): string {
  return [
    '# Values of the charts',
    'What `helm install` and `helm upgrade` take with `--set` or `--values`. Everything else is refused, by the ' +
      '`values.schema.json` of the chart or by a sentence that names the ways out.',
    ...Object.entries(charts).flatMap(([name, schema]) => [`## ${name}`, renderValuesTable(schema)]),
  ].join('\n\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
