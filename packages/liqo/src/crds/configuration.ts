import { ageColumn, defineKind } from './definition.ts';
import { type CrdSchema, choice, cidr, fields, list, text } from './schema.ts';

const networks = (description: string): CrdSchema =>
  fields(description, {
    cidr: fields('Its ranges.', {
      pod: list('Pod CIDRs.', cidr('One range.')),
      external: list('External CIDRs.', cidr('One range.')),
    }),
  });

const qualifiedName =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';

const condition = fields(
  'One aspect of the state.',
  {
    type: text('Which aspect.', { maxLength: 316, pattern: qualifiedName }),
    status: choice('Whether it holds.', ['True', 'False', 'Unknown']),
    reason: text('Why, in one word.', {
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    }),
    message: text('Why, for people.', { maxLength: 32768 }),
    lastTransitionTime: text('When the status last changed.', { format: 'date-time' }),
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'The metadata.generation that this was said of.',
    },
  },
  ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
);

/** Which ranges two clusters have and under which one sees the other. */
export const configurationDefinition = defineKind({
  group: 'networking.liqo.io',
  version: 'v1beta1',
  kind: 'Configuration',
  shortNames: ['conf'],
  description: 'The ranges of this cluster and of another one, and under which ranges this cluster sees the other.',
  spec: fields('The ranges as they are.', {
    local: networks('This cluster.'),
    remote: networks('The other cluster.'),
  }),
  status: fields('The ranges as this cluster sees them.', {
    remote: networks('What this cluster calls the ranges of the other one.'),
    conditions: list('The state in words for machines.', condition),
  }),
  columns: [
    { name: 'Desired Pod CIDR', type: 'string', jsonPath: '.spec.remote.cidr.pod' },
    { name: 'Remapped Pod CIDR', type: 'string', jsonPath: '.status.remote.cidr.pod' },
    ageColumn,
  ],
});
