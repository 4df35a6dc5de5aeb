import { ageColumn, defineKind } from './definition.ts';
import { cidr, fields, flag, immutable, int32, ipv4, list, objectReference, text, textMap } from './schema.ts';
import { serviceSpec } from './service-spec.ts';

/** A range that is in use on the cluster, or wanted. */
export const networkDefinition = defineKind({
  group: 'ipam.liqo.io',
  version: 'v1alpha1',
  kind: 'Network',
  shortNames: ['net'],
  description: 'A range that has a meaning on this cluster.',
  specRequired: true,
  spec: fields(
    'The range that is wanted.',
    {
      cidr: immutable(cidr('The range.')),
      preAllocated: immutable(int32('How many addresses from the first on are set aside.', { minimum: 0 })),
    },
    ['cidr'],
  ),
  status: fields('The range that was given.', { cidr: cidr('The range.') }),
  columns: [
    { name: 'Desired CIDR', type: 'string', jsonPath: '.spec.cidr' },
    { name: 'Remapped CIDR', type: 'string', jsonPath: '.status.cidr' },
    ageColumn,
  ],
});

/** An address that stands for another one. */
export const ipDefinition = defineKind({
  group: 'ipam.liqo.io',
  version: 'v1alpha1',
  kind: 'IP',
  description: 'An address of the external range that stands for another address.',
  specRequired: true,
  spec: fields(
    'The address that is wanted.',
    {
      ip: immutable(ipv4('The address to stand for.')),
      networkRef: objectReference('The Network to take an address from; that of the external range when left out.'),
      masquerade: flag('Whether nodes hide the source of traffic to it.'),
      serviceTemplate: fields('A Service to make for it.', {
        metadata: fields('The metadata of the Service.', {
          name: text('Name.'),
          namespace: text('Namespace.'),
          labels: textMap('Labels.'),
          annotations: textMap('Annotations.'),
          finalizers: list('Finalizers.', { type: 'string' }),
        }),
        spec: serviceSpec,
      }),
    },
    ['ip'],
  ),
  status: fields('The address that was given.', {
    ip: immutable(ipv4('The address.')),
    cidr: immutable(cidr('The range that it was taken from.')),
  }),
  columns: [
    { name: 'Local IP', type: 'string', jsonPath: '.spec.ip' },
    { name: 'Remapped IP', type: 'string', jsonPath: '.status.ip' },
    ageColumn,
  ],
});
