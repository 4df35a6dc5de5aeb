import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { leafClusterSchema } from './leaf-cluster.ts';
import { unknownFields } from './unknown-fields.ts';
import { virtualNodeShortcutSchema } from './virtual-node-shortcut.ts';

const examples = join(import.meta.dirname, '../../../../examples');
const clusters = [{ id: 'rome' }, { id: 'milan' }];
const pathsIn = (object: unknown): string[] => unknownFields(virtualNodeShortcutSchema, object).map(({ path }) => path);

describe('unknown fields', () => {
  test.each<[string, object, string[]]>([
    ['of the object', { spec: { clusters }, sepc: {} }, ['sepc']],
    ['of the spec', { spec: { clusters, gatway: { mtu: 1 } } }, ['spec.gatway']],
    [
      'further down',
      { spec: { clusters, gateway: { mut: 1, service: { prot: 1 } } } },
      ['spec.gateway.mut', 'spec.gateway.service.prot'],
    ],
    ['of an item of a list', { spec: { clusters: [{ id: 'rome' }, { ip: 'milan' }] } }, ['spec.clusters[1].ip']],
    ['of the status', { spec: { clusters }, status: { phaze: 'Ready' } }, ['status.phaze']],
    ['of the metadata', { metadata: { name: 'a', lables: { a: 'b' } }, spec: { clusters } }, ['metadata.lables']],
    ['of an owner', { metadata: { ownerReferences: [{ nam: 'a' }] }, spec: {} }, ['metadata.ownerReferences[0].nam']],
    ['in another case', { spec: { clusters, Paused: true } }, ['spec.Paused']],
    ['called like what every JavaScript object has', { spec: { clusters, constructor: {} } }, ['spec.constructor']],
  ])('%s are named by their paths', (_, object, expected) => {
    expect(pathsIn(object)).toEqual(expected);
  });

  test('come with those that are known there', () => {
    expect(unknownFields(leafClusterSchema, { spec: { gateway: { maySurf: true } } })).toEqual([
      {
        path: 'spec.gateway.maySurf',
        code: 'CORE_FIELD_UNKNOWN',
        message: 'unknown field: known here are mayServe, address',
      },
    ]);
  });

  test('are none where names are free: labels, annotations, what managers own, and annotations of a Service', () => {
    const free = { 'any.name/at-all': 'x' };
    const managedFields = [
      {
        manager: 'kubectl',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '',
        fieldsType: '',
        fieldsV1: { 'f:x': {} },
        subresource: '',
      },
    ];
    const metadata = {
      name: 'a',
      generateName: 'a-',
      selfLink: '',
      labels: free,
      annotations: free,
      finalizers: ['x'],
      managedFields,
    };
    expect(pathsIn({ metadata, spec: { clusters, gateway: { service: { annotations: free } } } })).toEqual([]);
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [[]],
    [{ spec: 'text' }],
    [{ spec: { clusters: { id: 1 }, gateway: [1] } }],
  ])('are none in what has another shape, which the schema refuses: %j', (object) => {
    expect(pathsIn(object)).toEqual([]);
  });

  test.each(readdirSync(join(examples, 'valid')))('are none in the valid example %s', (file) => {
    for (const document of parseAllDocuments(readFileSync(join(examples, 'valid', file), 'utf8'))) {
      const object = document.toJS();
      const schema = object.kind === 'LeafCluster' ? leafClusterSchema : virtualNodeShortcutSchema;
      expect(unknownFields(schema, object)).toEqual([]);
    }
  });
});
