import { defaultShortcutSpec, type ShortcutSpec } from '@leafway/core';
import type { JsonPatchOperation } from '@leafway/reconciler';
import { describe, expect, test } from 'vitest';
import { aRequest, aShortcut } from '../../testing/builders.ts';
import { mutateShortcut } from './mutate.ts';

const patchOf = (spec: unknown): readonly JsonPatchOperation[] =>
  mutateShortcut(aRequest({ ...aShortcut(), spec })).patch;

const clusters = [{ id: 'rome' }, { id: 'milan' }];

/** The spec after the patch, applied as RFC 6902 says for `add`. */
function patched(spec: ShortcutSpec): unknown {
  const document = structuredClone({ spec }) as Record<string, unknown>;
  for (const operation of patchOf(spec)) {
    if (operation.op !== 'add') throw new Error(`unexpected ${operation.op}`);
    const tokens = operation.path
      .split('/')
      .slice(1)
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const parent = tokens.slice(0, -1).reduce((value, token) => value[token] as Record<string, unknown>, document);
    parent[tokens.at(-1) ?? ''] = operation.value;
  }
  return document.spec;
}

describe('mutateShortcut', () => {
  test('adds a missing parent once, with everything in it', () => {
    const patch = patchOf({ clusters });
    expect(patch.map(({ op, path }) => `${op} ${path}`)).toEqual([
      'add /spec/gateway',
      'add /spec/ipMapping',
      'add /spec/existing',
      'add /spec/deletionPolicy',
      'add /spec/paused',
    ]);
  });

  test('adds single fields to parents that are there', () => {
    const spec = defaultShortcutSpec({ clusters: [{ id: 'rome' }, { id: 'milan' }] });
    const { mtu: _, ...gateway } = spec.gateway;
    expect(patchOf({ ...spec, gateway })).toEqual([{ op: 'add', path: '/spec/gateway/mtu', value: 1340 }]);
  });

  test('adds fields inside a list at their index', () => {
    const spec = defaultShortcutSpec({ clusters: [{ id: 'rome' }, { id: 'milan' }] });
    const withRef = [clusters[0], { id: 'milan', kubeconfigSecretRef: { namespace: 'ns', name: 'milan' } }];
    expect(patchOf({ ...spec, clusters: withRef })).toEqual([
      { op: 'add', path: '/spec/clusters/1/kubeconfigSecretRef/key', value: 'kubeconfig' },
    ]);
  });

  test('replaces a null, as the API server does for fields with a default', () => {
    const spec = defaultShortcutSpec({ clusters: [{ id: 'rome' }, { id: 'milan' }] });
    expect(patchOf({ ...spec, paused: null })).toEqual([{ op: 'add', path: '/spec/paused', value: false }]);
  });

  test.each<[string, ShortcutSpec]>([
    ['a minimal spec', { clusters: [{ id: 'rome' }, { id: 'milan' }] }],
    ['a half empty gateway', { clusters: [{ id: 'a' }, { id: 'b' }], gateway: { service: { port: 1 } } }],
    [
      'keys with slash and tilde',
      { clusters: [{ id: 'a' }, { id: 'b' }], gateway: { service: { annotations: { 'a/b~c': 'x' } } } },
    ],
    ['an unknown future field', { clusters: [{ id: 'a' }, { id: 'b' }], future: { x: [1] } } as ShortcutSpec],
  ])('leads to the very defaults of the schema, and a second run changes nothing: %s', (_, spec) => {
    const complete = patched(spec);
    expect(complete).toEqual(defaultShortcutSpec(spec));
    expect(patchOf(complete)).toEqual([]);
  });

  test.each([[undefined], [null], ['text'], [[1]], [{}], [{ clusters: 'rome' }], [{ gateway: 3, ipMapping: [] }]])(
    'never fails, refuses or overwrites on the broken spec %j',
    (spec) => {
      const decision = mutateShortcut(aRequest({ ...aShortcut(), spec }));
      expect(decision.problems).toEqual([]);
      const present = Object.keys(spec ?? {}).map((name) => `/spec/${name}`);
      expect(decision.patch.filter(({ path }) => present.some((name) => path.startsWith(name)))).toEqual([]);
    },
  );
});
