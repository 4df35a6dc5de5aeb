import type { KubeObject } from '@leafway/reconciler';
import { Option } from 'commander';
import { stringify } from 'yaml';

/** How a command prints its result: for people, or for programs. */
export type Format = 'table' | 'json' | 'yaml';

/** The option `-o`, the same for every command that has a result. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print the result')
    .choices(['table', 'json', 'yaml'] satisfies Format[])
    .default('table');
}

/** A value in a format for programs. */
export function formatValue(value: unknown, format: Exclude<Format, 'table'>): string {
  if (format === 'json') return JSON.stringify(value, null, 2);
  // Quotes what kubectl's YAML 1.1 would take for something else than a string.
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0, version: '1.1' }).trimEnd();
}

/** An object as the API server has it, without its bookkeeping of who wrote which field. */
export function asPrinted<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata as T['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

/** Several objects as kubectl prints them. */
export function asList(items: readonly KubeObject[]): object {
  return { apiVersion: 'v1', kind: 'List', items: items.map(asPrinted) };
}
