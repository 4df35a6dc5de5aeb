import type { LiqoObject } from '@leafway/liqo';
import { expect, it } from 'vitest';
import { withMaker } from './made-by.ts';

const label = { 'f:metadata': { 'f:labels': { 'f:liqo.io/remote-cluster-id': {} } } };
const withFields = (managedFields: unknown[]): LiqoObject => ({
  apiVersion: 'networking.liqo.io/v1beta1',
  kind: 'Configuration',
  metadata: { name: 'milan', managedFields },
});

it('who made an object is who labelled it for a link, not who wrote beside that', () => {
  const object = withFields([
    { manager: 'liqo-controller-manager', operation: 'Update', fieldsV1: { 'f:spec': { 'f:local': {} } } },
    { manager: 'liqoctl', operation: 'Update', fieldsV1: label },
  ]);
  expect(withMaker(object).madeBy).toBe('liqoctl');
});

it.each([
  ['nothing is said of it', []],
  ['nobody labelled it', [{ manager: 'liqoctl', fieldsV1: { 'f:spec': {} } }]],
  ['the name is none that can be shown', [{ manager: 'evil\n\u001b[31m', fieldsV1: label }]],
])('who made an object is not known where %s', (_, managedFields) => {
  expect(withMaker(withFields(managedFields))).not.toHaveProperty('madeBy');
});
