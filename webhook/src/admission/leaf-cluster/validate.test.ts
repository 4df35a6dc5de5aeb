import type { LeafClusterSpec } from '@leafway/core';
import { describe, expect, test } from 'vitest';
import { aLeaf, aRequest, aWorld } from '../../testing/builders.ts';
import type { Decision } from '../decision.ts';
import { createLeafClusterValidation } from './validate.ts';

const validate = createLeafClusterValidation();
const create = (name: string, spec: Partial<LeafClusterSpec> = {}): Decision =>
  validate(aRequest(aLeaf(name, { spec })), aWorld());
const linesOf = ({ problems }: Decision): string[] => problems.map(({ path, message }) => `${path}: ${message}`);

describe('a LeafCluster', () => {
  test.each(['192.0.2.10', '2001:db8::1', 'vpn.example.org', 'vpn', '4you.example'])(
    'may announce the address %s',
    (address) => {
      expect(create('oslo', { gateway: { address } })).toEqual({ problems: [], warnings: [], patch: [] });
    },
  );

  test.each([
    '192.0.2.010',
    '192.0.2',
    '192.0.2.256',
    'https://rome',
    'VPN.example.org',
    'a..b',
    '-a',
    `${'a'.repeat(64)}.org`,
  ])('may not announce %s, which nobody can dial', (address) => {
    expect(linesOf(create('oslo', { gateway: { address } }))[0]).toMatch(/^spec\.gateway\.address: ".*" is neither/);
  });

  test('may not be the centre itself', () => {
    expect(linesOf(create('central'))[0]).toMatch(/^metadata\.name: "central" is the central cluster/);
  });

  test.each(['Rome', 'rome.example', 'a'.repeat(64), '-rome', ''])(
    'may not have the name "%s", which is no cluster ID',
    (name) => {
      expect(linesOf(create(name)).join()).toContain('metadata.name: ');
    },
  );

  test.each([
    ['spec.kubeconfigSecretRef: is required', {}],
    ['spec.kubeconfigSecretRef.namespace: is required', { kubeconfigSecretRef: { name: 'x' } }],
    ['spec.kubeconfigSecretRef.name: ', { kubeconfigSecretRef: { namespace: 'x', name: '../x' } }],
    ['spec.kubeconfigSecretRef.key: ', { kubeconfigSecretRef: { namespace: 'x', name: 'x', key: 'a/b' } }],
  ])('is refused with %s', (expected, spec) => {
    expect(linesOf(validate(aRequest({ ...aLeaf('oslo'), spec }), aWorld())).join()).toContain(expected);
  });

  test('with the kubeconfig of another one is accepted with a warning that names that one', () => {
    const { problems, warnings } = create('oslo', {
      kubeconfigSecretRef: { namespace: 'leafway-system', name: 'rome-kubeconfig' },
    });
    expect(problems).toEqual([]);
    expect(warnings[0]).toContain('LeafCluster rome has the same kubeconfig');
  });

  test('with the kubeconfig of many is accepted with ten short lines, the last of which counts the rest', () => {
    const kubeconfigSecretRef = { namespace: 'leafway-system', name: 'shared', key: 'kubeconfig' };
    const leaves = Array.from({ length: 12 }, (_, index) =>
      aLeaf(`${'l'.repeat(60)}${index}`, { spec: { kubeconfigSecretRef } }),
    );
    const request = aRequest(aLeaf('oslo', { spec: { kubeconfigSecretRef } }));
    const { warnings } = validate(request, aWorld({ leaves }));
    expect(warnings).toHaveLength(10);
    expect(warnings.at(-1)).toBe('3 less important lines are left out');
    expect(warnings.filter((line) => line.length > 120)).toEqual([]);
  });

  test('that is being deleted may still get another kubeconfig, which its clean-up may need', () => {
    const leaf = aLeaf('rome');
    const leaving = { ...leaf, metadata: { ...leaf.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' } };
    expect(validate(aRequest(leaving, { operation: 'UPDATE', oldObject: leaf }), aWorld()).problems).toEqual([]);
  });
});
