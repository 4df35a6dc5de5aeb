import { ageColumn, defineKind } from './definition.ts';
import { type CrdSchema, choice, fields, flag, immutable, list, text } from './schema.ts';

const aspects = [
  'APIServerStatus',
  'NetworkConnectionStatus',
  'NetworkGatewayServerStatus',
  'NetworkGatewayClientStatus',
  'NetworkGatewayPresence',
  'NetworkConfigurationStatus',
  'AuthIdentityControlPlaneStatus',
  'AuthTenantStatus',
  'OffloadingVirtualNodeStatus',
  'OffloadingNodeStatus',
];

const conditions = list(
  'The state in words for machines.',
  fields(
    'One aspect of the state.',
    {
      type: choice('Which aspect.', aspects),
      status: choice(
        'How it is.',
        ['None', 'Pending', 'Established', 'Error', 'Ready', 'NotReady', 'SomeNotReady'],
        'None',
      ),
      lastTransitionTime: text('When the status last changed.', { format: 'date-time' }),
      reason: text('Why, in one word.'),
      message: text('Why, for people.'),
    },
    ['type', 'status'],
  ),
);

const module = (description: string): CrdSchema =>
  fields(description, { enabled: flag('Whether it is in use.'), conditions }, ['enabled']);

/** Everything that Liqo knows of another cluster. */
export const foreignClusterDefinition = defineKind({
  group: 'core.liqo.io',
  version: 'v1beta1',
  kind: 'ForeignCluster',
  shortNames: ['fc'],
  scope: 'Cluster',
  description: 'Another cluster and how it is peered with this one.',
  spec: fields(
    'Which cluster.',
    { clusterID: immutable(text('Cluster ID.', { pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' })) },
    ['clusterID'],
  ),
  status: fields(
    'How it is peered.',
    {
      role: choice(
        'Who offers resources to whom.',
        ['Consumer', 'Provider', 'ConsumerAndProvider', 'Unknown'],
        'Unknown',
      ),
      modules: fields(
        'The parts of Liqo that are in use with it.',
        {
          networking: module('Networking.'),
          authentication: module('Authentication.'),
          offloading: module('Offloading.'),
        },
        ['networking', 'authentication', 'offloading'],
      ),
      conditions,
      apiServerUrl: text('Where its API server is.'),
      foreignProxyUrl: text('Proxy on the way there.'),
      tenantNamespace: fields('The namespaces that the two clusters keep for each other.', {
        local: text('On this cluster.'),
        remote: text('On the other one.'),
      }),
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        description: 'The metadata.generation that this was said of.',
      },
    },
    ['role'],
  ),
  columns: [{ name: 'Role', type: 'string', jsonPath: '.status.role' }, ageColumn],
});
