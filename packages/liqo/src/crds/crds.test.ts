import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { liqoCustomResourceDefinitions } from './index.ts';

const directory = process.env.LEAFWAY_LIQO_DATA;
if (directory === undefined)
  console.log('skipped: comparing with the definitions of a real Liqo, LEAFWAY_LIQO_DATA is not set');

/** A definition as far as it decides what an API server accepts: without words for people, lists without order sorted. */
function structure(node: unknown): unknown {
  if (Array.isArray(node)) {
    const items = node.map(structure);
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items;
  }
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !isForPeople(key, value));
  return Object.fromEntries(kept.map(([key, value]) => [key, structure(value)]));
}

function isForPeople(key: string, value: unknown): boolean {
  if (key === 'additionalPrinterColumns') return true;
  return (key === 'description' || key === 'message') && typeof value === 'string';
}

describe("the definitions of Liqo's kinds", () => {
  test('are ten, each named by its plural and group', () => {
    expect(liqoCustomResourceDefinitions).toHaveLength(10);
    for (const { metadata, spec } of liqoCustomResourceDefinitions) {
      expect(metadata.name).toBe(`${spec.names.plural}.${spec.group}`);
    }
  });

  test.skipIf(directory === undefined).each(liqoCustomResourceDefinitions)(
    'accept what a real Liqo 1.2.0 accepts: $metadata.name',
    (definition) => {
      const { group, names } = definition.spec;
      const file = join(directory ?? '', 'liqo-1.2.0/crds', `${group}_${names.plural}.yaml`);
      const real = parse(readFileSync(file, 'utf8')) as { spec: unknown };
      expect(structure(definition.spec)).toEqual(structure(real.spec));
    },
  );
});
