import type { StructuralSchema } from './structural-schema.ts';

/** A cluster ID is a DNS label: Liqo puts it into the names of namespaces. */
const clusterIdPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';

const dnsSubdomainPattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

/**
 * The bounds of a cluster ID, to be spread into a field that holds one: `liqo-tenant-<id>` must be the name of a
 * namespace, which has at most 63 characters.
 */
export const clusterId = { type: 'string', minLength: 1, maxLength: 51, pattern: clusterIdPattern } as const;

/** The bounds of a namespace's name. */
export const namespaceName = { ...clusterId, maxLength: 63 } as const;

/** The bounds of most objects' names. */
export const objectName = { type: 'string', minLength: 1, maxLength: 253, pattern: dnsSubdomainPattern } as const;

/** The bounds of an object's UID. */
export const uid = { type: 'string', minLength: 1, maxLength: 64 } as const;

/** The bounds of a TCP or UDP port. */
export const port = { type: 'integer', minimum: 1, maximum: 65535 } as const;

/** The field `metadata.generation` of the spec that a status speaks of. */
export const observedGeneration = {
  type: 'integer',
  format: 'int64',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
} as const;

/** One IP range in CIDR notation. Written wrongly anywhere, it would be routed wrongly everywhere. */
export const cidr = {
  type: 'string',
  minLength: 1,
  maxLength: 43,
  description:
    'An IPv4 or IPv6 range in CIDR notation, without leading zeros and without host bits, like 10.244.0.0/16.',
  'x-kubernetes-validations': [
    {
      rule: 'isCIDR(self)',
      message: 'must be an IP range in CIDR notation without leading zeros, like 10.244.0.0/16',
      messageExpression:
        "'\"' + self + '\" is not an IP range: write it in CIDR notation without leading zeros, like 10.244.0.0/16'",
    },
    {
      rule: '!isCIDR(self) || cidr(self) == cidr(self).masked()',
      message: 'has host bits set: write the first address of the range, like 10.244.0.0/16',
      messageExpression:
        "'\"' + self + '\" has host bits set: write the first address of the range, like 10.244.0.0/16'",
    },
  ],
} as const satisfies StructuralSchema;

/** A list of ranges whose order counts: the n-th range of one list belongs to the n-th of another. */
export const cidrList = { type: 'array', items: cidr, maxItems: 16, 'x-kubernetes-list-type': 'atomic' } as const;

/** An address that a gateway client dials. */
export const dialAddress = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  'x-kubernetes-validations': [
    {
      rule: `isIP(self) || (self.matches('${dnsSubdomainPattern}') && !self.matches('^[0-9.]+$'))`,
      message: 'must be an IP address without leading zeros or a DNS name in lower case, like vpn.example.org',
    },
  ],
} as const;

/** Where the kubeconfig of a leaf is kept. */
export const kubeconfigSecretRef = {
  type: 'object',
  required: ['namespace', 'name'],
  'x-kubernetes-map-type': 'atomic',
  properties: {
    namespace: { ...namespaceName, description: 'Namespace of the Secret.' },
    name: { ...objectName, description: 'Name of the Secret.' },
    key: {
      type: 'string',
      minLength: 1,
      maxLength: 253,
      pattern: '^[-._a-zA-Z0-9]+$',
      default: 'kubeconfig',
      description: 'Key in the Secret that holds the kubeconfig.',
    },
  },
} as const;

/** The standard list of conditions. */
export const conditions = {
  type: 'array',
  maxItems: 16,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description: 'The state in words for machines; each condition is good when its status is True.',
  items: {
    type: 'object',
    description: 'One aspect of the state.',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: { type: 'string', minLength: 1, maxLength: 64, description: 'Which aspect, for example Ready.' },
      status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'Whether it holds.' },
      reason: { type: 'string', minLength: 1, maxLength: 128, description: 'Why, in one stable CamelCase word.' },
      message: { type: 'string', maxLength: 4096, description: 'Why, for people, and what to do about it.' },
      lastTransitionTime: {
        type: 'string',
        format: 'date-time',
        maxLength: 64,
        description: 'When the status last changed.',
      },
      observedGeneration: { ...observedGeneration, description: 'The metadata.generation that this was said of.' },
    },
  },
} as const satisfies StructuralSchema;

/** What identifies an object on some cluster. */
export const objectIdentity = {
  apiVersion: { type: 'string', minLength: 1, maxLength: 128, description: 'API group and version of the object.' },
  kind: { type: 'string', minLength: 1, maxLength: 63, description: 'Kind of the object.' },
  namespace: { ...namespaceName, description: 'Namespace of the object; absent when its kind has none.' },
  name: { ...objectName, description: 'Name of the object.' },
} as const;
