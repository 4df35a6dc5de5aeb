import { cidrList, clusterId, kubeconfigSecretRef } from './schema-fragments.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { shortcutGatewaySchema } from './virtual-node-shortcut-gateway.ts';

const clusters = {
  type: 'array',
  minItems: 2,
  maxItems: 2,
  'x-kubernetes-list-type': 'atomic',
  description:
    'The two leaf clusters to link. Their order has no meaning. Which two they are cannot be changed afterwards.',
  items: {
    type: 'object',
    description: 'One of the two leaf clusters.',
    required: ['id'],
    properties: {
      id: {
        ...clusterId,
        description: 'Liqo cluster ID, the name of a LeafCluster. Quote it: y, on and 123 are not strings in YAML.',
      },
      kubeconfigSecretRef: {
        ...kubeconfigSecretRef,
        description: "Secret with a kubeconfig of this cluster. The LeafCluster's when left out.",
      },
    },
  },
  'x-kubernetes-validations': [
    {
      // With fewer than two the rule about their number speaks.
      rule: 'size(self) < 2 || self[0].id != self[1].id',
      message: 'both entries name the same cluster: a shortcut links two different leaf clusters',
      messageExpression:
        "'both entries name the cluster \"' + self[0].id + '\": a shortcut links two different leaf clusters'",
    },
    {
      rule: 'self.all(c, oldSelf.exists(o, o.id == c.id))',
      message:
        'the two clusters of a shortcut cannot be changed: delete this shortcut and create one for the other pair',
      messageExpression:
        "'this shortcut links ' + oldSelf[0].id + ' and ' + oldSelf[1].id + ', which cannot be changed: delete it and create one for the other pair'",
    },
  ],
} as const satisfies StructuralSchema;

const ipMapping = {
  type: 'object',
  default: {},
  description: "Under which ranges each cluster sees the other's pods.",
  properties: {
    policy: {
      type: 'string',
      enum: ['Auto', 'Identity', 'Explicit'],
      default: 'Auto',
      description:
        'Auto keeps a range that is free on the other side and remaps one that is not. Identity refuses to remap pods. ' +
        'Explicit takes the ranges listed in explicit. Only leaves run by the Leafway agent can do the latter two.',
    },
    explicit: {
      type: 'array',
      maxItems: 2,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['cluster'],
      description: 'Ranges for the policy Explicit.',
      items: {
        type: 'object',
        description: "What the other side shall call one cluster's ranges.",
        required: ['cluster'],
        properties: {
          cluster: { ...clusterId, description: 'The cluster whose ranges these stand for.' },
          pod: {
            ...cidrList,
            description: "One range for each of the cluster's pod CIDRs, of the same length, in their order.",
          },
          external: {
            ...cidrList,
            description: "One range for each of the cluster's external CIDRs, of the same length, in their order.",
          },
        },
      },
    },
  },
} as const satisfies StructuralSchema;

/** What a user asks for: the `spec` of a VirtualNodeShortcut. */
export const shortcutSpecSchema = {
  type: 'object',
  description: 'The link that is wanted.',
  required: ['clusters'],
  properties: {
    clusters,
    gateway: shortcutGatewaySchema,
    ipMapping,
    existing: {
      type: 'string',
      enum: ['Refuse', 'Observe', 'Adopt'],
      default: 'Refuse',
      description:
        'What to do with a link between the two clusters that somebody else made. Refuse leaves it, and says what is ' +
        'there. Observe shows its state and never changes anything on either cluster, nor makes a link. Adopt takes it ' +
        'over as it is, and manages it from then on; it goes when this object is deleted, unless deletionPolicy is ' +
        'Orphan. With Refuse and Adopt a link is made where there is none. What is taken over stays so, whatever is ' +
        'written here later.',
    },
    deletionPolicy: {
      type: 'string',
      enum: ['Disconnect', 'Orphan'],
      default: 'Disconnect',
      description:
        'What deleting this object does: Disconnect removes what was created for it or adopted, Orphan leaves the link as it is.',
    },
    paused: {
      type: 'boolean',
      default: false,
      description: 'While true nothing is created, changed or repaired on the two clusters.',
    },
  },
  'x-kubernetes-validations': [
    {
      rule: "self.gateway.server == 'Auto' || self.clusters.exists(c, c.id == self.gateway.server)",
      fieldPath: '.gateway.server',
      message: 'must be Auto or the id of one of the two clusters',
      messageExpression:
        "'\"' + self.gateway.server + '\" is not part of this link: use Auto, ' + self.clusters[0].id + ' or ' + self.clusters[1].id",
    },
    {
      rule: "self.ipMapping.policy == 'Explicit' || !has(self.ipMapping.explicit) || size(self.ipMapping.explicit) == 0",
      fieldPath: '.ipMapping.explicit',
      message: 'is read only with the policy Explicit: set policy to Explicit or leave explicit out',
    },
    {
      rule: "self.ipMapping.policy != 'Explicit' || (has(self.ipMapping.explicit) && size(self.ipMapping.explicit) > 0)",
      fieldPath: '.ipMapping.explicit',
      message:
        'the policy Explicit needs the ranges of at least one cluster: list them in explicit or set policy to Auto',
    },
    {
      rule: '!has(self.ipMapping.explicit) || self.ipMapping.explicit.all(e, self.clusters.exists(c, c.id == e.cluster))',
      fieldPath: '.ipMapping.explicit',
      message: 'names a cluster that is not part of this link: each entry is about one of the two clusters',
      messageExpression:
        "'names a cluster that is not part of this link: each entry is about ' + self.clusters[0].id + ' or ' + self.clusters[1].id",
    },
  ],
} as const satisfies StructuralSchema;
