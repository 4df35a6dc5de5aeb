import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Values } from './helm.ts';

/** The chart of the central cluster. */
export const chartFolder = fileURLToPath(new URL('../../../charts/leafway', import.meta.url));

/** The version of a chart, which is that of the images that it names. */
export function versionOf(chart = chartFolder): string {
  return (parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8')) as { version: string }).version;
}

/** One thing that can be set: its path, and its default. */
export interface DefaultValue {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The chart of a leaf. */
export const leafChartFolder = fileURLToPath(new URL('../../../charts/leafway-leaf', import.meta.url));

/** Every value of a chart's `values.yaml` that is no group of others. */
export function defaultValues(chart = chartFolder): DefaultValue[] {
  return leavesOf(parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Values, []);
}

function leavesOf(values: Values, path: readonly string[]): DefaultValue[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const own = [...path, name];
    return isGroup(value) ? leavesOf(value, own) : [{ path: own, value }];
  });
}

function isGroup(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/** Values in which only that one is set. */
export function valuesWith(path: readonly string[], value: unknown): Values {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Values;
}

/** Values of two files, the second one laid over the first as Helm does it. */
export function overlay(below: Values, above: Values): Values {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = merged[name];
    merged[name] = isGroup(under) && isGroup(value) ? overlay(under, value) : value;
  }
  return merged;
}
