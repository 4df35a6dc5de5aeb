import { isDeepStrictEqual } from 'node:util';
import { defaultShortcutSpec, type ShortcutSpec } from '@leafway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aRequest, aShortcut } from '../../testing/builders.ts';
import { mutateShortcut } from './mutate.ts';

type Json = Record<string, unknown>;

/** Fields that no version of the kind knows yet, with names that a JSON pointer has to escape. */
const future: fc.Arbitrary<Json> = fc
  .dictionary(
    fc.oneof(fc.constantFrom('future', 'a/b', 'c~d', '~1', ''), fc.string({ maxLength: 4 })),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 3 },
  )
  .map((fields) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== '__proto__' && !known.has(name))),
  );

const known = new Set([
  'clusters',
  'gateway',
  'ipMapping',
  'existing',
  'deletionPolicy',
  'paused',
  'server',
  'service',
]);

/** Some of the fields, some of them null, and some that nobody knows. */
const partly = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Json> => {
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null))]),
  );
  return fc
    .tuple(future, fc.record(values, { requiredKeys: [] }))
    .map(([unknown, record]) => ({ ...unknown, ...record }));
};

const secretRef = partly({ namespace: fc.constant('ns'), name: fc.constant('n'), key: fc.constant('k') });
const specs = partly({
  clusters: fc.array(partly({ id: fc.constantFrom('rome', 'milan'), kubeconfigSecretRef: secretRef }), {
    maxLength: 3,
  }),
  gateway: partly({
    server: fc.constantFrom('Auto', 'rome'),
    service: partly({
      type: fc.constant('NodePort'),
      port: fc.constant(51_821),
      annotations: fc.dictionary(fc.constantFrom('a/b', 'c~d', 'constructor', 'toString'), fc.string()),
    }),
    client: partly({ address: fc.constant('192.0.2.1') }),
    mtu: fc.constant(1400),
  }),
  ipMapping: fc.oneof(partly({ policy: fc.constant('Identity') }), fc.jsonValue({ maxDepth: 1 })),
  existing: fc.constant('Refuse'),
  paused: fc.boolean(),
});

/** The object after the patch, applied as RFC 6902 says for `add`. */
function patched(spec: Json): { readonly spec: Json; readonly count: number } {
  const document: Json = structuredClone({ spec });
  const { patch, problems } = mutateShortcut(aRequest({ ...aShortcut(), spec }));
  expect(problems).toEqual([]);
  for (const operation of patch) {
    if (operation.op !== 'add') throw new Error(`unexpected ${operation.op}`);
    const names = operation.path.split('/').slice(1);
    const tokens = names.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = tokens.pop() ?? '';
    const parent = tokens.reduce((value, token) => value[token] as Json, document);
    expect(parent[last] ?? null).toBeNull();
    parent[last] = operation.value;
  }
  return { spec: document.spec as Json, count: patch.length };
}

/** Whether all of `before` is in `after`, unchanged; what was null may have a value. */
function isKept(before: unknown, after: unknown): boolean {
  if (Array.isArray(before)) {
    const items = Array.isArray(after) ? after : [];
    return before.length === items.length && before.every((item, index) => isKept(item, items[index]));
  }
  if (typeof before !== 'object' || before === null) return before === null || isDeepStrictEqual(before, after);
  if (typeof after !== 'object' || after === null) return false;
  return Object.entries(before).every(([name, value]) => isKept(value, (after as Json)[name]));
}

describe('whatever a spec holds, the patch', () => {
  test('adds what is missing, and neither removes nor changes anything', () => {
    fc.assert(
      fc.property(specs, (spec) => isKept(spec, patched(spec).spec)),
      { numRuns: 1_000 },
    );
  });

  test('leads to the defaults of the schema, and is empty the second time', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const once = patched(spec);
        expect(withoutNulls(once.spec)).toEqual(withoutNulls(defaultShortcutSpec(spec as unknown as ShortcutSpec)));
        expect(patched(once.spec).count).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('does not depend on what else is in the object', () => {
    fc.assert(
      fc.property(specs, future, (spec, more) => {
        const plain = mutateShortcut(aRequest({ ...aShortcut(), spec }));
        expect(mutateShortcut(aRequest({ ...aShortcut(), ...more, spec, status: more }))).toEqual(plain);
      }),
    );
  });
});

/** A null that has no default stays as it is in the object, and may or may not in the defaults. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, item) => (item === null ? undefined : item)) ?? null;
}
