import type { LiqoObject } from '@leafway/liqo';
import { describe, expect, it } from 'vitest';
import { fieldOwner } from './field-owner.ts';

const entry = (manager: string, time: string, fieldsV1: object) => ({ manager, time, operation: 'Update', fieldsV1 });
const mtu = { 'f:spec': { 'f:mtu': {} } };
const object = (...managedFields: unknown[]): LiqoObject => ({
  apiVersion: 'v1',
  kind: 'GatewayServer',
  metadata: { name: 'rome', managedFields },
});
const change = (...paths: string[]) => paths.map((path) => ({ op: 'add', path, value: 1 }) as const);

describe('who changed a field', () => {
  it('is whoever wrote it last, and not us', () => {
    const found = object(
      entry('leafway', '2026-11-21T10:00:09Z', { 'f:spec': { 'f:mtu': {}, 'f:endpoint': {} } }),
      entry('kubectl-edit', '2026-11-21T10:00:01Z', mtu),
      entry('argocd-controller', '2026-11-21T10:00:05Z', mtu),
      entry('later', '2026-11-21T10:00:07Z', { 'f:spec': { 'f:secretRef': {} } }),
    );
    expect(fieldOwner(found, change('/spec/mtu'), 'leafway')).toBe('argocd-controller');
  });

  it.each<[string, object, string]>([
    [
      'a label',
      { 'f:metadata': { 'f:labels': { 'f:liqo.io/remote-cluster-id': {} } } },
      '/metadata/labels/liqo.io~1remote-cluster-id',
    ],
    ['a list', { 'f:spec': { 'f:remote': { 'f:cidr': { 'f:pod': {} } } } }, '/spec/remote/cidr/pod'],
    ['a part of what is written', { 'f:spec': { 'f:remote': { 'f:cidr': { 'f:pod': {} } } } }, '/spec/remote'],
    ['what holds the field as a whole', { 'f:spec': {} }, '/spec/remote/cidr/pod'],
  ])('is known by %s', (_, fields, path) => {
    expect(fieldOwner(object(entry('them', '1', fields)), change('/spec/mtu', path), 'leafway')).toBe('them');
  });

  it('is unknown where the cluster does not tell, or tells nonsense', () => {
    const nonsense = [
      undefined,
      'x',
      { manager: 7, fieldsV1: mtu },
      { manager: 'x', fieldsV1: 'f:spec' },
      { manager: '' },
    ];
    expect(fieldOwner(object(...nonsense), change('/spec/mtu'), 'leafway')).toBeUndefined();
    expect(fieldOwner(object(entry('them', '1', mtu)), change('/spec/mtuu'), 'leafway')).toBeUndefined();
    expect(fieldOwner({ ...object(), metadata: { name: 'rome' } }, change('/spec'), 'leafway')).toBeUndefined();
  });

  it('has no room for a terminal to be played with', () => {
    const found = object(entry(`\u001b[31m${'x'.repeat(500)}`, '1', mtu));
    expect(fieldOwner(found, change('/spec/mtu'), 'leafway')).toMatch(/^\ufffd\[31mx{123}$/);
  });
});
